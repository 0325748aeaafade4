#include "gateway/control/devices/device_gate.h"

#include <utility>

#include "common/auth/credential_generation.h"
#include "common/auth/device_language.h"
#include "common/base/unreachable.h"
#include "common/log/log.h"
#include "gateway/control/devices/refusal_notice.h"
#include "gateway/xiaozhi/device_reply.h"

namespace earshot::gateway {

namespace {

GateEvent gate_event(AdmissionVerdict why) {
  switch (why) {
    case AdmissionVerdict::kUnknownDevice:
      return GateEvent::kUnknownDevice;
    case AdmissionVerdict::kNotAdmitted:
      return GateEvent::kNotAdmitted;
    case AdmissionVerdict::kOtherClient:
      return GateEvent::kOtherClient;
    case AdmissionVerdict::kOldCredentials:
      return GateEvent::kOldCredentials;
    case AdmissionVerdict::kAdmitted:
      break;
  }
  unreachable("an admitted client is not thrown out");
}

}  // namespace

void DeviceGate::connect(Doors doors) {
  doors_ = std::move(doors);
  DeviceQuery query;
  query.limit = DeviceIndex::kMaxPage;
  do {
    const DevicePage page = directory_.search(query);
    for (const DeviceEntry* entry : page.items) post_facts(entry->record);
    query.after = page.next;
  } while (!query.after.empty());
}

// All connections: with rotated credentials a device has two, and an impostor may have been let in under it.
void DeviceGate::record_changed(const DeviceEntry& entry) {
  post_facts(entry.record);
  for (const auth::ClientId& client : directory_.connections(entry.record.id)) {
    const AdmissionVerdict verdict = judge_client(mode_, &entry.record, client);
    if (verdict != AdmissionVerdict::kAdmitted) throw_out(client, verdict);
  }
}

// Also where everybody may come in: it comes back as a stranger then.
void DeviceGate::record_removed(const DeviceId& device) {
  if (doors_.forget) doors_.forget(device);
  for (const auth::ClientId& client : directory_.connections(device)) {
    throw_out(client, AdmissionVerdict::kUnknownDevice);
  }
}

bool DeviceGate::came(const auth::ClientId& client) {
  const AdmissionVerdict verdict = judge(client);
  if (verdict != AdmissionVerdict::kAdmitted) {
    throw_out(client, verdict);
    return false;
  }
  const DeviceEntry* known = directory_.find(client.device);
  if (known == nullptr) return true;
  store::Device device = known->record;
  if (note_generation_used(device, auth::generation_of(client))) directory_.put(std::move(device));
  return true;
}

void DeviceGate::refused(const auth::ClientId& client) {
  const AdmissionVerdict verdict = judge(client);
  // It may have been admitted since: then its next hello is heard.
  if (verdict != AdmissionVerdict::kAdmitted) throw_out(client, verdict);
}

void DeviceGate::given_up(const auth::ClientId& client) {
  counters_.add(GateEvent::kTooMany);
  kick(client, "too_many_connections", {});
}

AdmissionVerdict DeviceGate::judge(const auth::ClientId& client) const {
  const DeviceEntry* known = directory_.find(client.device);
  return judge_client(mode_, known == nullptr ? nullptr : &known->record, client);
}

void DeviceGate::post_facts(const store::Device& device) {
  if (!doors_.tell) return;  // before connect(), which posts them all
  doors_.tell(device.id, {.admitted = is_admitted(mode_, &device),
                          .client_uuid = device.client_uuid,
                          .credential_minimum = device.credential_minimum,
                          .agent = device.agent});
}

void DeviceGate::throw_out(const auth::ClientId& client, AdmissionVerdict why) {
  counters_.add(gate_event(why));
  std::string last_words;
  if (notices_.take(client.device.text(), clock_.now())) {
    const DeviceEntry* known = directory_.find(client.device);
    const auto notice =
        refusal_notice(why, known == nullptr ? nullptr : &known->record, auth::language_of(client));
    last_words = commands::alert_message("Earshot", notice, "sad");
  }
  kick(client, auth::name(why), std::move(last_words));
}

void DeviceGate::kick(const auth::ClientId& client, std::string_view reason, std::string last_words) {
  if (const auto verdict = kicks_.ask(clock_.now()); verdict.log) {
    log::logger("gate").warn("client thrown out device={} reason={} suppressed={}", client.device.text(),
                             reason, verdict.suppressed);
  }
  if (!doors_.throw_out) return;
  counters_.add(GateEvent::kKicked);
  doors_.throw_out(client, std::move(last_words));
}

}  // namespace earshot::gateway
