#include "gateway/store/sqlite/latency_slots.h"

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

std::int64_t slot_of(WallTime time) {
  return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<300>>>(time)
      .time_since_epoch()
      .count();
}
static_assert(kLatencySlot == std::chrono::duration<std::int64_t, std::ratio<300>>(1));

LatencyHistogram read(const Query& row, int column) {
  auto histogram = LatencyHistogram::decode(row.text(column));
  if (!histogram) throw StoreError("a histogram in the database is none");
  return std::move(*histogram);
}

}  // namespace

void LatencySlots::add(WallTime started, Milliseconds first_audio) {
  const std::int64_t slot = slot_of(started);
  LatencyHistogram histogram;
  {
    Query row = database_.query("SELECT histogram FROM latency_slots WHERE slot = ?", slot);
    if (row.next()) histogram = read(row, 0);
  }
  histogram.add(first_audio);
  database_.run("INSERT OR REPLACE INTO latency_slots (slot, histogram) VALUES (?,?)", slot,
                Blob{histogram.encode()});
}

void LatencySlots::visit(WallTime since, WallTime until,
                         const std::function<void(WallTime, const LatencyHistogram&)>& visitor) {
  Query rows =
      database_.query("SELECT slot, histogram FROM latency_slots WHERE slot >= ? AND slot < ? ORDER BY slot",
                      slot_of(since), slot_of(until + kLatencySlot - Milliseconds(1)));
  while (rows.next()) visitor(WallTime(kLatencySlot * rows.integer(0)), read(rows, 1));
}

void LatencySlots::remove_before(WallTime time) {
  database_.run("DELETE FROM latency_slots WHERE slot < ?", slot_of(time));
}

}  // namespace earshot::store::sqlite
