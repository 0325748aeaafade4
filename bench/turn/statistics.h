// Percentiles of what was measured. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/json/json.h"

namespace earshot::bench {

struct Percentiles {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
  std::size_t count = 0;
};

// Nearest rank: the least value that so many per cent of all do not exceed. All zero for no values.
Percentiles percentiles(std::vector<double> values);

json::object to_json(const Percentiles& figure);
std::string table_line(const std::string& name, const Percentiles& figure);
std::string table_head();

}  // namespace earshot::bench
