#include "bench/turn/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earshot::bench {

Percentiles percentiles(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto rank = [&](double part) {
    const auto nth = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(nth, 1) - 1];
  };
  return {
      .p50 = rank(0.50), .p95 = rank(0.95), .p99 = rank(0.99), .max = values.back(), .count = values.size()};
}

json::object to_json(const Percentiles& figure) {
  return {{"p50", figure.p50},
          {"p95", figure.p95},
          {"p99", figure.p99},
          {"max", figure.max},
          {"count", figure.count}};
}

std::string table_head() {
  return "                                     p50       p95       p99       max   count\n";
}

std::string table_line(const std::string& name, const Percentiles& figure) {
  char line[160];
  std::snprintf(line, sizeof line, "%-32s %9.1f %9.1f %9.1f %9.1f %7zu\n", name.c_str(), figure.p50,
                figure.p95, figure.p99, figure.max, figure.count);
  return line;
}

}  // namespace earshot::bench
