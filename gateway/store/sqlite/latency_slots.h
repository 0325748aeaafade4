// How fast all devices together were answered: a histogram for each five minutes, for each hour and for each
// day, so that a chart over any time reads some thousand small rows instead of a million turns.
#pragma once

#include <functional>
#include <string_view>

#include "gateway/store/latency_histogram.h"
#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

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

class LatencySlots {
 public:
  explicit LatencySlots(Database& database) : database_(database) {}

  void add(WallTime started, Milliseconds first_audio);
  // Each slot that begins in [buckets.first, until), oldest first, with its histogram's bytes.
  void visit(const LatencyBuckets& buckets, WallTime until,
             const std::function<void(WallTime, std::string_view)>& visitor);
  void remove_before(WallTime time);  // whole slots

 private:
  void add_to_slot(Milliseconds width, WallTime started, Milliseconds first_audio);

  Database& database_;
};

}  // namespace earshot::store::sqlite
