#pragma once

#include <chrono>

#include "common/base/clock.h"

namespace earshot::fakes {

// Time stands still until the test moves it.
class ManualClock final : public Clock {
 public:
  SteadyTime now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override { return wall_; }
  void advance(Milliseconds by) {
    now_ += by;
    wall_ += by;
  }
  void set_wall(std::chrono::system_clock::time_point wall) { wall_ = wall; }

 private:
  SteadyTime now_{std::chrono::hours(1)};
  std::chrono::system_clock::time_point wall_{};
};

}  // namespace earshot::fakes
