// How much one connection may send: an honest device stays far below, a flooder is shown out before it takes a
// shard's time from the others. Pure.
//
// Sound: 50 packets a second are 20 ms frames; a wake word comes as a burst of some seconds of them. Messages: as
// the broker's plugin allows over MQTT.
#pragma once

#include <algorithm>
#include <cstddef>

#include "common/base/clock.h"

namespace earshot::gateway {

class LineBudget {
 public:
  static constexpr double kFramesASecond = 120;
  static constexpr double kFrameBurst = 600;
  static constexpr double kBytesASecond = 64.0 * 1024;  // of messages
  static constexpr double kByteBurst = 256.0 * 1024;
  static constexpr double kMessageCost = 512;  // of each message, besides its bytes

  explicit LineBudget(SteadyTime now) : at_(now) {}

  // RETURNS: false: more than that.
  bool frame(SteadyTime now) { return take(now, frames_, 1); }
  bool message(std::size_t bytes, SteadyTime now) {
    return take(now, bytes_, static_cast<double>(bytes) + kMessageCost);
  }

 private:
  bool take(SteadyTime now, double& left, double cost) {
    const double passed = std::chrono::duration<double>(now - at_).count();
    at_ = now;
    frames_ = std::min(kFrameBurst, frames_ + passed * kFramesASecond);
    bytes_ = std::min(kByteBurst, bytes_ + passed * kBytesASecond);
    if (left < cost) return false;
    left -= cost;
    return true;
  }

  SteadyTime at_;
  double frames_ = kFrameBurst;
  double bytes_ = kByteBurst;
};

}  // namespace earshot::gateway
