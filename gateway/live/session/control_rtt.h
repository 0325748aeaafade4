// How long the control channel of one device takes, there and back; playout holds the first frame of a turn
// back by it, because UDP overtakes MQTT (device-protocol 7.3). Pure.
//
// Conservative: a longer sample counts at once, shorter ones pull the estimate down by a quarter each. A
// guard that is too short loses the first word; one that is too long costs some milliseconds.
#pragma once

#include <optional>

#include "common/base/clock.h"

namespace earshot::gateway {

class ControlRtt {
 public:
  static constexpr Milliseconds kUnknown{100};         // before the first sample
  static constexpr Milliseconds kLongestSample{2000};  // longer: the device was busy, not the channel
  static constexpr Milliseconds kMargin{40};
  static constexpr Milliseconds kShortestGuard{60};
  static constexpr Milliseconds kLongestGuard{600};

  void add_sample(Microseconds round_trip);
  Milliseconds start_guard() const;

 private:
  std::optional<Microseconds> estimate_;
};

}  // namespace earshot::gateway
