// Carries admission out: tells the shards who may talk, and throws out who may not.
//
// A device that was unbound, blocked, removed or given new credentials does not know it: it asks OTA at its
// next boot only. So the records decide at each connection and at each change, not what the device was once
// given. Whoever is no longer admitted, for whatever reason, leaves by one way: its session ends with a
// goodbye, its screen says why, and each of its connections is closed. The shard does it, in this order.
//
// Runs on: the gateway's main executor.
// Borrows: directory and clock, for its life; what the doors hold since connect().
// Order: record_changed() posts the facts before the answer that lets the device in has left, and a shard
// handles its posts in order, so no admitted device is refused for being early.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/rate_limiter.h"
#include "common/log/log_limiter.h"
#include "gateway/control/devices/admission.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/live/shard/admission_table.h"

namespace earshot::gateway {

enum class GateEvent {
  kUnknownDevice,
  kNotAdmitted,
  kOtherClient,
  kOldCredentials,
  kTooMany,
  kKicked,
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(GateEvent::kCount)> kGateEventNames{
    "client_unknown",         "client_not_admitted", "client_other_uuid",
    "client_old_credentials", "client_too_many",     "client_kicked"};

class DeviceGate {
 public:
  // To the shard of the device, each in the order of the calls (shard_proxy.h).
  struct Doors {
    std::function<void(const DeviceId&, DeviceFacts)> tell;
    std::function<void(const DeviceId&)> forget;
    std::function<void(const auth::ClientId&, std::string last_words)> throw_out;
  };

  DeviceGate(AdmissionMode mode, DeviceDirectory& directory, const Clock& clock)
      : mode_(mode), directory_(directory), clock_(clock) {}

  // Hands the shards all records that there are. Before it, nobody is let in and nobody thrown out.
  void connect(Doors doors);

  // The directory's observers.
  void record_changed(const DeviceEntry& entry);
  void record_removed(const DeviceId& device);

  // A device has connected to the broker.
  // RETURNS: whether it is welcome; else it has been thrown out.
  bool came(const auth::ClientId& client);
  // A shard has refused its hello: it was there before its record changed, or slipped through.
  void refused(const auth::ClientId& client);
  // The directory has given this connection up for a newer one of the same device.
  void given_up(const auth::ClientId& client);

  AdmissionMode mode() const { return mode_; }
  const Counters<GateEvent, kGateEventNames>& counters() const { return counters_; }

 private:
  AdmissionVerdict judge(const auth::ClientId& client) const;
  void post_facts(const store::Device& device);
  // REQUIRES: not kAdmitted.
  void throw_out(const auth::ClientId& client, AdmissionVerdict why);
  void kick(const auth::ClientId& client, std::string_view reason, std::string last_words);

  AdmissionMode mode_;
  DeviceDirectory& directory_;
  const Clock& clock_;
  Doors doors_;
  // A device that holds old credentials comes back every few seconds for ever.
  log::LogLimiter kicks_{20, Milliseconds(60'000)};
  // Nor does it need to hear an alert's sound each time.
  RateLimiter notices_{{.burst = 3, .refill = std::chrono::minutes(10), .max_keys = 10'000}};
  Counters<GateEvent, kGateEventNames> counters_;
};

}  // namespace earshot::gateway
