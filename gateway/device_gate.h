// Carries admission out: tells the shards who may talk, and throws out who may not.
//
// A device that was unbound, blocked or given new credentials does not know it: it asks OTA at its next boot
// only. So the records decide at each connection and at each change, not what the device was once given.
//
// Runs on: the gateway's main executor.
// Borrows: directory and clock, for its life; shards and kick since connect().
// Order: record_changed() posts the facts before the answer that lets the device in has left, and a shard
// handles its posts in order, so no admitted device is refused for being early.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/log/log_limiter.h"
#include "gateway/devices/admission.h"
#include "gateway/devices/device_directory.h"
#include "gateway/shard/shard_proxy.h"

namespace earshot::gateway {

enum class GateEvent { kNotAdmitted, kOtherUuid, kOldCredentials, kOneTooMany, kKicked, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(GateEvent::kCount)> kGateEventNames{
    "client_not_admitted", "client_other_uuid", "client_old_credentials", "client_one_too_many",
    "client_kicked"};

class DeviceGate {
 public:
  using Kick = std::function<void(std::string_view client_id)>;

  DeviceGate(AdmissionMode mode, DeviceDirectory& directory, const Clock& clock)
      : mode_(mode), directory_(directory), clock_(clock) {}

  // Hands the shards all records that there are.
  void connect(std::vector<ShardProxy*> shards, Kick kick);

  // The directory's observers.
  void record_changed(const DeviceEntry& entry);
  void record_removed(const DeviceId& device);

  // A device has connected to the broker.
  // RETURNS: whether it is welcome; else it has been thrown out.
  bool came(const auth::ClientId& client);
  // A shard has refused its hello: it was there before its record changed, or slipped through.
  void refused(const auth::ClientId& client);
  // A connection that the directory has no room for.
  void one_too_many(const std::string& client_id);

  AdmissionMode mode() const { return mode_; }
  const Counters<GateEvent, kGateEventNames>& counters() const { return counters_; }

 private:
  void post_facts(const store::Device& device);
  void throw_out(const auth::ClientId& client, ClientVerdict why);
  void kick(const std::string& client_id, std::string_view device, std::string_view reason);

  AdmissionMode mode_;
  DeviceDirectory& directory_;
  const Clock& clock_;
  std::vector<ShardProxy*> shards_;
  Kick kick_;
  // A device that holds old credentials comes back every few seconds for ever.
  log::LogLimiter kicks_{20, Milliseconds(60'000)};
  Counters<GateEvent, kGateEventNames> counters_;
};

}  // namespace earshot::gateway
