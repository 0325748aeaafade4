#include "gateway/device_gate.h"

#include <string>
#include <utility>

#include "common/auth/credential_generation.h"
#include "common/log/log.h"
#include "gateway/shard/shard_choice.h"

namespace earshot::gateway {

namespace {

std::string_view reason(ClientVerdict why) {
  switch (why) {
    case ClientVerdict::kGood:
      return "good";
    case ClientVerdict::kNotAdmitted:
      return "not_admitted";
    case ClientVerdict::kOtherUuid:
      return "other_uuid";
    case ClientVerdict::kOldCredentials:
      return "old_credentials";
  }
  return "";
}

}  // namespace

void DeviceGate::connect(std::vector<ShardProxy*> shards, Kick kick) {
  shards_ = std::move(shards);
  kick_ = std::move(kick);
  DeviceQuery query;
  query.limit = DeviceIndex::kMaxPage;
  do {
    const DevicePage page = directory_.search(query);
    for (const DeviceEntry* entry : page.items) post_facts(entry->record);
    query.after = page.next;
  } while (!query.after.empty());
}

void DeviceGate::record_changed(const DeviceEntry& entry) {
  post_facts(entry.record);
  if (!entry.presence.online) return;
  const auto client = auth::parse_client_id(entry.presence.client_id);
  if (!client) return;
  const ClientVerdict verdict = judge_client(mode_, &entry.record, *client);
  if (verdict != ClientVerdict::kGood) throw_out(*client, verdict);
}

void DeviceGate::record_removed(const DeviceId& device) {
  if (!shards_.empty()) shards_[shard_of(device, shards_.size())]->post_forget_device(device);
}

bool DeviceGate::came(const auth::ClientId& client) {
  const DeviceEntry* known = directory_.find(client.device);
  const ClientVerdict verdict = judge_client(mode_, known == nullptr ? nullptr : &known->record, client);
  if (verdict != ClientVerdict::kGood) {
    throw_out(client, verdict);
    return false;
  }
  if (known == nullptr) return true;
  store::Device device = known->record;
  if (note_generation_used(device, auth::generation_of(client))) directory_.put(std::move(device));
  return true;
}

void DeviceGate::refused(const auth::ClientId& client) {
  const DeviceEntry* known = directory_.find(client.device);
  const ClientVerdict verdict = judge_client(mode_, known == nullptr ? nullptr : &known->record, client);
  // It may have been admitted since: then its next hello is heard.
  if (verdict != ClientVerdict::kGood) throw_out(client, verdict);
}

void DeviceGate::one_too_many(const std::string& client_id) {
  counters_.add(GateEvent::kOneTooMany);
  const auto client = auth::parse_client_id(client_id);
  kick(client_id, client ? client->device.text() : std::string(), "one_too_many");
}

void DeviceGate::post_facts(const store::Device& device) {
  if (shards_.empty()) return;  // before connect(), which posts them all
  shards_[shard_of(device.id, shards_.size())]->post_device_facts(
      device.id, {.admitted = is_admitted(mode_, &device),
                  .client_uuid = device.client_uuid,
                  .credential_minimum = device.credential_minimum,
                  .agent = device.agent});
}

void DeviceGate::throw_out(const auth::ClientId& client, ClientVerdict why) {
  switch (why) {
    case ClientVerdict::kGood:
      return;
    case ClientVerdict::kNotAdmitted:
      counters_.add(GateEvent::kNotAdmitted);
      break;
    case ClientVerdict::kOtherUuid:
      counters_.add(GateEvent::kOtherUuid);
      break;
    case ClientVerdict::kOldCredentials:
      counters_.add(GateEvent::kOldCredentials);
      break;
  }
  kick(client.text, client.device.text(), reason(why));
}

void DeviceGate::kick(const std::string& client_id, std::string_view device, std::string_view reason) {
  if (const auto verdict = kicks_.ask(clock_.now()); verdict.log) {
    log::logger("gate").warn("client thrown out device={} reason={} suppressed={}", device, reason,
                             verdict.suppressed);
  }
  if (!kick_) return;
  counters_.add(GateEvent::kKicked);
  kick_(client_id);
}

}  // namespace earshot::gateway
