// How long to wait before a child process is started again:
// doubling, and short again once it has run for a while. Pure.
#pragma once

#include <algorithm>

#include "common/base/clock.h"

namespace earshot::gateway {

class RestartBackoff {
 public:
  static constexpr Milliseconds kFirst{200};
  static constexpr Milliseconds kLongest{10'000};
  static constexpr Milliseconds kHealthyAfter{30'000};

  void started(SteadyTime now) { started_at_ = now; }
  // The process ended: wait this long.
  Milliseconds ended(SteadyTime now) {
    if (now - started_at_ >= kHealthyAfter) next_ = kFirst;
    const Milliseconds wait = next_;
    next_ = std::min(next_ * 2, kLongest);
    return wait;
  }

 private:
  SteadyTime started_at_{};
  Milliseconds next_ = kFirst;
};

}  // namespace earshot::gateway
