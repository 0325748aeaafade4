// Keeps a dead provider out: after some failures in a row it is left alone for a while, then one request may
// try whether it is back. Pure: time is given.
//
// Runs on: any thread; streams of all conversations share one. Its state is a few atomics, and the races
// between them are harmless: at worst one request more is tried, or one failure is not counted.
// Lifecycle: closed -> open (cool-down) -> half-open (one probe) -> closed, or open again for longer.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/base/clock.h"

namespace earshot::worker {

struct BreakerLimits {
  int failures = 2;              // in a row: each one costs a user the patience of the chain
  Milliseconds cool_down{5000};  // the first; each failed probe doubles it
  Milliseconds longest_cool_down{300'000};
  Milliseconds probe_patience{30'000};  // a probe that was never heard of again does not block the next
};

class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };
  enum class Admission { kRefused, kAdmitted, kProbe };

  explicit CircuitBreaker(BreakerLimits limits = {}) : limits_(limits) {}

  // One request asks. What was admitted is reported by one of the three below.
  Admission admit(SteadyTime now);
  void on_success();
  void on_failure(Admission admission, SteadyTime now);
  // The request ended before it showed anything, e.g. the user interrupted: the next may probe at once.
  void on_abandoned(Admission admission, SteadyTime now);

  State state(SteadyTime now) const;

 private:
  void open(std::int64_t from, int trips, SteadyTime now);

  BreakerLimits limits_;
  std::atomic<std::int64_t> not_before_{0};  // no request before this time; 0: closed
  std::atomic<int> failures_{0};             // in a row, while closed
  std::atomic<int> trips_{0};                // failed probes in a row
};

}  // namespace earshot::worker
