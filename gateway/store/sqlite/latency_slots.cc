#include "gateway/store/sqlite/latency_slots.h"

#include <algorithm>
#include <array>

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

constexpr std::array<Milliseconds, 3> kWidths{kLatencySlot, std::chrono::hours(1), std::chrono::days(1)};

// Times before the epoch are not kept; they are taken for it.
WallTime floor_to(WallTime time, Milliseconds width) {
  const Milliseconds since_epoch = std::max(time.time_since_epoch(), Milliseconds(0));
  return WallTime(since_epoch / width * width);
}

Milliseconds rounded_up(Milliseconds time, Milliseconds to) {
  return (time + to - Milliseconds(1)) / to * to;
}

}  // namespace

LatencyBuckets::LatencyBuckets(WallTime since, WallTime until, std::size_t wanted) {
  const auto count = static_cast<std::int64_t>(std::clamp<std::size_t>(wanted, 1, kMaxBuckets));
  slot = kWidths.front();
  for (const Milliseconds wider : kWidths) {
    if (wider * count <= until - since) slot = wider;
  }
  first = floor_to(since, slot);
  width = std::max(rounded_up((until - first) / count, slot), slot);
  if (first + width * count < until) width += slot;  // the division has left a rest
}

void LatencySlots::add(WallTime started, Milliseconds first_audio) {
  for (const Milliseconds width : kWidths) add_to_slot(width, started, first_audio);
}

void LatencySlots::visit(const LatencyBuckets& buckets, WallTime until,
                         const std::function<void(WallTime, std::string_view)>& visitor) {
  Query rows = database_.query(
      "SELECT slot, histogram FROM latency_slots WHERE width = ? AND slot >= ? AND slot < ? ORDER BY slot",
      buckets.slot, buckets.first, until);
  while (rows.next()) visitor(WallTime(Milliseconds(rows.integer(0))), rows.view(1));
}

void LatencySlots::remove_before(WallTime time) {
  for (const Milliseconds width : kWidths) {
    database_.run("DELETE FROM latency_slots WHERE width = ? AND slot < ?", width, floor_to(time, width));
  }
}

void LatencySlots::add_to_slot(Milliseconds width, WallTime started, Milliseconds first_audio) {
  const WallTime slot = floor_to(started, width);
  LatencyHistogram histogram;
  {
    Query row =
        database_.query("SELECT histogram FROM latency_slots WHERE width = ? AND slot = ?", width, slot);
    if (row.next() && !histogram.add_encoded(row.view(0))) {
      throw StoreError("a histogram in the database is none");
    }
  }
  histogram.add(first_audio);
  database_.run("INSERT OR REPLACE INTO latency_slots (width, slot, histogram) VALUES (?,?,?)", width, slot,
                Blob{histogram.encode()});
}

}  // namespace earshot::store::sqlite
