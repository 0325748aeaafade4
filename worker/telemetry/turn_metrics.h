// What all turns of a worker have shown, for Prometheus: outcomes, errors and the time of each gap.
//
// Runs on: one thread, the conversations'.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/metrics/metrics.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

class TurnMetrics {
 public:
  void add(const TurnTrace& trace);
  void write(metrics::Page& page) const;  // docs/metrics.md lists the names

 private:
  using Names = std::pair<std::string_view, std::string_view>;

  void observe(std::string_view gap, std::optional<Microseconds> time);

  std::map<Names, std::uint64_t> turns_;   // by outcome and source
  std::map<Names, std::uint64_t> errors_;  // by stage and error
  std::map<std::string_view, metrics::DurationHistogram> gaps_;
  metrics::DurationHistogram first_audio_;
  metrics::DurationHistogram overhead_;
  metrics::DurationHistogram tools_;
  std::uint64_t failed_tools_ = 0;
  std::uint64_t speculations_used_ = 0;
  std::uint64_t speculations_discarded_ = 0;
  std::uint64_t prompt_tokens_ = 0;
  std::uint64_t completion_tokens_ = 0;
  std::uint64_t bytes_up_ = 0;
  std::uint64_t bytes_down_ = 0;
};

}  // namespace earshot::worker
