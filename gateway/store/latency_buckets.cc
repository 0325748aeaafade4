#include "gateway/store/latency_buckets.h"

#include <algorithm>

namespace earshot::store {

namespace {

Milliseconds rounded_up(Milliseconds time, Milliseconds to) {
  return (time + to - Milliseconds(1)) / to * to;
}

}  // namespace

WallTime latency_slot_of(WallTime time, Milliseconds width) {
  const Milliseconds since_epoch = std::max(time.time_since_epoch(), Milliseconds(0));
  return WallTime(since_epoch / width * width);
}

LatencyBuckets::LatencyBuckets(WallTime since, WallTime until, std::size_t wanted) {
  const auto count = static_cast<std::int64_t>(std::clamp<std::size_t>(wanted, 1, kMaxBuckets));
  slot = kLatencyWidths.front();
  for (const Milliseconds wider : kLatencyWidths) {
    if (wider * count <= until - since) slot = wider;
  }
  first = latency_slot_of(since, slot);
  width = std::max(rounded_up((until - first) / count, slot), slot);
  if (first + width * count < until) width += slot;  // the division has left a rest
}

}  // namespace earshot::store
