#include "gateway/live/shard/admission_table.h"

#include <utility>

namespace earshot::gateway {

void AdmissionTable::put(const DeviceId& device, DeviceFacts facts) {
  facts_.insert_or_assign(device, std::move(facts));
}

AdmissionVerdict AdmissionTable::check(const auth::ClientId& client) const {
  const auto found = facts_.find(client.device);
  if (found == facts_.end()) return auth::judge_client(nullptr, admit_unknown_, client);
  const DeviceFacts& facts = found->second;
  const auth::ClientTerms terms{.admitted = facts.admitted,
                                .client_uuid = facts.client_uuid,
                                .credential_minimum = facts.credential_minimum};
  return auth::judge_client(&terms, admit_unknown_, client);
}

bool AdmissionTable::is_another(const DeviceId& device, const DeviceFacts& facts) const {
  const auto found = facts_.find(device);
  if (found == facts_.end()) return false;
  const DeviceFacts& before = found->second;
  const bool other_client = !before.client_uuid.empty() && before.client_uuid != facts.client_uuid;
  return other_client || before.credential_minimum != facts.credential_minimum || before.agent != facts.agent;
}

std::string AdmissionTable::agent_of(const DeviceId& device) const {
  const auto found = facts_.find(device);
  return found == facts_.end() ? std::string() : found->second.agent;
}

}  // namespace earshot::gateway
