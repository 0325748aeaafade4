// Time is injected: pure code takes a SteadyTime argument, drivers own a Clock.
// Tests use tests/fakes/manual_clock.h.
#pragma once

#include <chrono>

namespace earshot {

using Milliseconds = std::chrono::milliseconds;
using Microseconds = std::chrono::microseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime now() const = 0;                              // durations and deadlines
  virtual std::chrono::system_clock::time_point wall() const = 0;  // only to show people, or to tell a device
};

class SystemClock final : public Clock {
 public:
  SteadyTime now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace earshot
