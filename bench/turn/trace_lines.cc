#include "bench/turn/trace_lines.h"

#include <charconv>

namespace earshot::bench {

namespace {

constexpr std::string_view kMarker = "turn ended ";

void read_pair(std::string_view pair, TraceLines& out) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view key = pair.substr(0, equals);
  const std::string_view value = pair.substr(equals + 1);
  if (key == "outcome") ++out.outcomes[std::string(value)];
  if (key == "speculation" && value == "used") ++out.speculations_used;
  double number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure == std::errc() && end == value.data() + value.size())
    out.numbers[std::string(key)].push_back(number);
}

void read_line(std::string_view line, TraceLines& out) {
  const std::size_t marker = line.find(kMarker);
  if (marker == std::string_view::npos) return;
  ++out.turns;
  std::string_view rest = line.substr(marker + kMarker.size());
  while (!rest.empty()) {
    const std::size_t blank = rest.find(' ');
    read_pair(rest.substr(0, blank), out);
    rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
  }
}

}  // namespace

TraceLines read_trace_lines(std::string_view log) {
  TraceLines out;
  while (!log.empty()) {
    const std::size_t end = log.find('\n');
    read_line(log.substr(0, end), out);
    log.remove_prefix(end == std::string_view::npos ? log.size() : end + 1);
  }
  return out;
}

}  // namespace earshot::bench
