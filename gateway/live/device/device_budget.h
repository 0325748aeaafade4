// What one device may cost its shard: messages, hellos, lines in the log. Our broker's plugin limits what
// comes in (uplink_budget.h); this holds behind any broker. Pure; one owner.
//
// By device, not by connection or session: a new hello begins no new budget.
// Bounded: a few hundred bytes for each device that has lately used some (rate_limiter.h).
#pragma once

#include <cstdint>

#include "common/base/ids.h"
#include "common/base/rate_limiter.h"

namespace earshot::gateway {

class DeviceBudget {
 public:
  // RETURNS: whether it is within the budget, and takes it if so.
  // The firmware says hello once for each conversation, and again after 10 s without an answer.
  bool hello(const DeviceId& device, SteadyTime now) { return hellos_.take(device.text(), now); }
  // 64 kB a second, 256 KiB at once. A list of 82 tools is 33 kB in five messages; an answer with a picture is
  // up to 64 KiB.
  bool message(const DeviceId& device, std::size_t payload_bytes, SteadyTime now) {
    const std::size_t units = (payload_bytes + kBytesPerMessage + kUnitBytes - 1) / kUnitBytes;
    return units <= kBurstUnits && messages_.take(device.text(), now, static_cast<std::uint32_t>(units));
  }
  // Whether the log tells of a session of it.
  bool log_line(const DeviceId& device, SteadyTime now) { return lines_.take(device.text(), now); }

 private:
  static constexpr std::size_t kUnitBytes = 64;  // one comes back each millisecond
  static constexpr std::uint32_t kBurstUnits = 4096;
  static constexpr std::size_t kBytesPerMessage = 256;  // to parse and to pass on, however short it is
  static constexpr std::size_t kMaxDevices = 16'384;    // the broker lets 12,000 in

  RateLimiter hellos_{{.burst = 5, .refill = Milliseconds(1000), .max_keys = kMaxDevices}};
  RateLimiter messages_{{.burst = kBurstUnits, .refill = Milliseconds(1), .max_keys = kMaxDevices}};
  RateLimiter lines_{{.burst = 6, .refill = Milliseconds(20'000), .max_keys = kMaxDevices}};
};

}  // namespace earshot::gateway
