// What a worker's log says of its turns (worker/trace/turn_line.h):
// the values of each key, over all turns. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::bench {

struct TraceLines {
  std::map<std::string, std::vector<double>> numbers;  // key -> a value a turn that has it
  std::map<std::string, std::size_t> outcomes;
  std::size_t turns = 0;
  std::size_t speculations_used = 0;  // turns that were begun before the user's end
};

TraceLines read_trace_lines(std::string_view log);

}  // namespace earshot::bench
