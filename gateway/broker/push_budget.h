// How much may be pushed to each device. Pure; used by the broker's plugin.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::broker {

// Attack: a device with good credentials stops reading its socket and makes the gateway answer it.
// mosquitto 2.0 queues QoS 0 messages without a bound (measured: 390 MB for 400 MB pushed), so the flow is
// bounded here: a bucket of kBurstBytes that refills at kBytesPerSecond. A conversation needs about 1 kB/s.
// Bounded: one entry a connected device.
class PushBudget {
 public:
  static constexpr std::int64_t kBurstBytes = 512 * 1024;
  static constexpr std::int64_t kBytesPerSecond = 16 * 1024;
  static constexpr std::int64_t kBytesPerMessage = 256;  // the broker's own cost of a queued message

  // RETURNS: whether a push of so many bytes is within the budget, and takes it if so.
  bool take(std::string_view client_id, std::size_t payload_bytes, SteadyTime now) {
    auto found = buckets_.find(client_id);
    if (found == buckets_.end()) found = buckets_.emplace(client_id, Bucket{kBurstBytes, now}).first;
    Bucket& bucket = found->second;
    const auto passed = std::chrono::duration_cast<Milliseconds>(now - bucket.filled);
    const std::int64_t refill = passed.count() * kBytesPerSecond / 1000;
    if (refill > 0) {
      bucket.bytes = std::min(bucket.bytes + refill, kBurstBytes);
      bucket.filled = now;
    }
    const std::int64_t cost = static_cast<std::int64_t>(payload_bytes) + kBytesPerMessage;
    if (bucket.bytes < cost) return false;
    bucket.bytes -= cost;
    return true;
  }

  // The device went offline: its queue is gone, and its next connection begins anew.
  void forget(std::string_view client_id) {
    const auto found = buckets_.find(client_id);
    if (found != buckets_.end()) buckets_.erase(found);
  }

 private:
  struct Bucket {
    std::int64_t bytes;
    SteadyTime filled;
  };
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace earshot::broker
