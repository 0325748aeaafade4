// How fast all devices together were answered: a histogram for each five minutes, for each hour and for each
// day, so that a chart over any time reads some thousand small rows instead of a million turns.
#pragma once

#include <functional>
#include <string_view>

#include "gateway/store/latency_buckets.h"
#include "gateway/store/latency_histogram.h"
#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

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
