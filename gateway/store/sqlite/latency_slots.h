// How fast all devices together were answered, a histogram for each kLatencySlot: a chart over months reads
// thousands of small rows instead of a million turns.
#pragma once

#include <functional>

#include "gateway/store/latency_histogram.h"
#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

class LatencySlots {
 public:
  explicit LatencySlots(Database& database) : database_(database) {}

  void add(WallTime started, Milliseconds first_audio);
  // Each slot of [since, until), oldest first. The first may begin before `since`.
  void visit(WallTime since, WallTime until,
             const std::function<void(WallTime, const LatencyHistogram&)>& visitor);
  void remove_before(WallTime time);  // whole slots

 private:
  Database& database_;
};

}  // namespace earshot::store::sqlite
