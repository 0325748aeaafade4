#include "gateway/shard/admission_table.h"

#include <utility>

#include "common/auth/credential_generation.h"

namespace earshot::gateway {

void AdmissionTable::put(const DeviceId& device, DeviceFacts facts) {
  facts_.insert_or_assign(device, std::move(facts));
}

AdmissionVerdict AdmissionTable::check(const auth::ClientId& client) const {
  const auto found = facts_.find(client.device);
  if (found == facts_.end()) {
    return admit_unknown_ ? AdmissionVerdict::kAdmitted : AdmissionVerdict::kUnknownDevice;
  }
  const DeviceFacts& facts = found->second;
  if (!facts.admitted) return AdmissionVerdict::kNotAdmitted;
  // Attack: somebody asks for credentials with another device's MAC; he gets another client id than it has.
  if (!facts.client_uuid.empty() && facts.client_uuid != client.uuid) return AdmissionVerdict::kOtherClient;
  if (auth::generation_of(client) < facts.credential_minimum) return AdmissionVerdict::kOldCredentials;
  return AdmissionVerdict::kAdmitted;
}

std::string AdmissionTable::agent_of(const DeviceId& device) const {
  const auto found = facts_.find(device);
  return found == facts_.end() ? std::string() : found->second.agent;
}

}  // namespace earshot::gateway
