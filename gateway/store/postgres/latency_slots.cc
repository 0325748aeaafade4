#include "gateway/store/postgres/latency_slots.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

void LatencySlots::add(WallTime started, Milliseconds first_audio) {
  for (const Milliseconds width : kLatencyWidths) add_to_slot(width, started, first_audio);
}

void LatencySlots::visit(const LatencyBuckets& buckets, WallTime until,
                         const std::function<void(WallTime, std::string_view)>& visitor) {
  Rows rows = database_.query(
      "SELECT slot, histogram FROM latency_slots WHERE width = ? AND slot >= ? AND slot < ? ORDER BY slot",
      buckets.slot, buckets.first, until);
  while (rows.next()) visitor(WallTime(Milliseconds(rows.integer(0))), rows.view(1));
}

void LatencySlots::remove_before(WallTime time) {
  for (const Milliseconds width : kLatencyWidths) {
    database_.run("DELETE FROM latency_slots WHERE width = ? AND slot < ?", width,
                  latency_slot_of(time, width));
  }
}

void LatencySlots::add_to_slot(Milliseconds width, WallTime started, Milliseconds first_audio) {
  const WallTime slot = latency_slot_of(started, width);
  LatencyHistogram histogram;
  {
    Rows row =
        database_.query("SELECT histogram FROM latency_slots WHERE width = ? AND slot = ?", width, slot);
    if (row.next() && !histogram.add_encoded(row.view(0))) {
      throw StoreError("a histogram in the database is none");
    }
  }
  histogram.add(first_audio);
  database_.run(
      "INSERT INTO latency_slots (width, slot, histogram) VALUES (?,?,?) "
      "ON CONFLICT (width, slot) DO UPDATE SET histogram=excluded.histogram",
      width, slot, Bytes{histogram.encode()});
}

}  // namespace earshot::store::postgres
