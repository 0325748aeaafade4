// The buckets of a chart over time, made of the slots in which histograms are kept. Pure.
#pragma once

#include <array>
#include <cstddef>

#include "gateway/store/store.h"

namespace earshot::store {

// How long the time of a histogram is: each turn is counted in one of each.
inline constexpr std::array<Milliseconds, 3> kLatencyWidths{kLatencySlot, std::chrono::hours(1),
                                                            std::chrono::days(1)};
// The beginning of the slot that `time` is in. Times before the epoch are not kept; they are taken for it.
WallTime latency_slot_of(WallTime time, Milliseconds width);

// Equal buckets of time, each of whole slots of one width.
struct LatencyBuckets {
  // At most `wanted` (1..kMaxBuckets) buckets that cover [since, until); they begin at multiples of the
  // widest slot that fits.
  // REQUIRES: since < until.
  static constexpr std::size_t kMaxBuckets = 500;
  LatencyBuckets(WallTime since, WallTime until, std::size_t wanted);

  WallTime begin_of(WallTime time) const { return first + (time - first) / width * width; }

  Milliseconds slot{};  // 5 minutes, 1 hour or 1 day
  Milliseconds width{};
  WallTime first{};
};

}  // namespace earshot::store
