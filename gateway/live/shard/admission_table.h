// Which clients a shard listens to, by what the control plane told it of their devices. Pure.
//
// Bounded by the number of devices that the control plane knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "common/auth/client_terms.h"
#include "common/auth/device_credentials.h"
#include "common/base/ids.h"

namespace earshot::gateway {

struct DeviceFacts {
  bool admitted = false;
  std::string client_uuid;               // pinned; empty: any
  std::uint32_t credential_minimum = 0;  // older generations are locked out (credential_generation.h)
  std::string agent;                     // empty: the usual one
};

using auth::AdmissionVerdict;

class AdmissionTable {
 public:
  // `admit_unknown`: a device that nothing was told of may talk (admission: open).
  explicit AdmissionTable(bool admit_unknown) : admit_unknown_(admit_unknown) {}

  void put(const DeviceId& device, DeviceFacts facts);
  void forget(const DeviceId& device) { facts_.erase(device); }

  AdmissionVerdict check(const auth::ClientId& client) const;
  // Whether somebody else talks, or answers, than by what was told before: another client, older credentials locked out (a
  // device that was unbound), another agent. False when nothing was told before.
  bool is_another(const DeviceId& device, const DeviceFacts& facts) const;
  // Empty when nothing was told.
  std::string agent_of(const DeviceId& device) const;
  std::size_t size() const { return facts_.size(); }

 private:
  bool admit_unknown_;
  std::unordered_map<DeviceId, DeviceFacts> facts_;
};

}  // namespace earshot::gateway
