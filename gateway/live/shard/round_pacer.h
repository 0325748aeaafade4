// When a shard looks at its sockets again. A wake-up costs more than a frame (measurements 7.2), so under
// load a round begins at each whole millisecond of the steady clock and takes all that came meanwhile; a
// quiet shard answers at once. Pure.
//
// The measure of load is a bucket that a frame fills by one and a millisecond drains by one: more than one
// frame a millisecond, which is about 30 talking devices, sustained for kBusy frames. So a burst of one
// device (a wake word's 33 packets) delays nobody for long.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"

namespace earshot::gateway {

class RoundPacer {
 public:
  static constexpr Milliseconds kRound{1};
  static constexpr std::int64_t kBusy = 8;
  static constexpr std::int64_t kFull = 16;  // what may be in the bucket: how soon it is quiet again
  // A round as large as this came late, or the load is beyond what waiting saves:
  // more may lie in the sockets.
  static constexpr std::uint64_t kOverdue = 512;

  // After a round in which `frames` passed, in either direction.
  // RETURNS: when the next one shall begin; nullopt: as soon as there is something to do.
  std::optional<SteadyTime> after_round(std::uint64_t frames, SteadyTime now) {
    const std::int64_t tick = std::chrono::floor<Milliseconds>(now.time_since_epoch()).count();
    level_ = std::max<std::int64_t>(0, level_ - (tick - last_tick_));
    last_tick_ = tick;
    level_ = std::min(kFull, level_ + static_cast<std::int64_t>(std::min<std::uint64_t>(frames, kFull)));
    if (level_ < kBusy || frames >= kOverdue) return std::nullopt;
    return SteadyTime(Milliseconds(tick + kRound.count()));
  }

 private:
  std::int64_t level_ = 0;
  std::int64_t last_tick_ = 0;
};

}  // namespace earshot::gateway
