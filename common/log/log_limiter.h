// Keeps a hostile peer from flooding the log: at most `burst` lines an interval, then one line that tells how
// many were left out. Pure; one owner.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace earshot::log {

class LogLimiter {
 public:
  LogLimiter(std::uint32_t burst, Milliseconds interval) : burst_(burst), interval_(interval) {}

  struct Verdict {
    bool log = false;
    std::uint64_t suppressed = 0;  // lines left out since the last one that was logged
  };
  Verdict ask(SteadyTime now) {
    if (now - window_start_ >= interval_) {
      window_start_ = now;
      used_ = 0;
    }
    if (used_ >= burst_) {
      ++suppressed_;
      return {};
    }
    ++used_;
    const std::uint64_t suppressed = suppressed_;
    suppressed_ = 0;
    return {.log = true, .suppressed = suppressed};
  }

 private:
  std::uint32_t burst_;
  Milliseconds interval_;
  SteadyTime window_start_{};
  std::uint32_t used_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace earshot::log
