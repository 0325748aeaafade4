#include "gateway/api/routes/bootstrap_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/base/bytes.h"
#include "common/http/client_address.h"
#include "gateway/api/body_reader.h"
#include "gateway/api/device_access.h"
#include "gateway/api/render.h"

namespace earshot::gateway {

namespace {

using api::BodyReader;
using api::CallPtr;
using api::Scope;
using Shared = std::shared_ptr<const BootstrapRouteParts>;

constexpr std::size_t kMaxSerials = 1000;  // in one request
constexpr std::size_t kMaxSerialBytes = 64;
constexpr std::size_t kMinKeyBytes = 16;
constexpr std::size_t kMaxKeyBytes = 128;

void answer_device(const BootstrapRouteParts& parts, const CallPtr& call, const DeviceId& device) {
  const DeviceEntry* entry = parts.devices.find(device);
  if (entry == nullptr) return call->fail(404, "no such device");
  call->answer(api::to_json(*entry, parts.bootstrap.mode()));
}

Bootstrap::Finished answering(const Shared& parts, const CallPtr& call, const DeviceId& device) {
  return [parts, call, device](const Status& kept) {
    if (!kept) return call->fail(kept.error());
    answer_device(*parts, call, device);
  };
}

// The local root token has no user: its devices are nobody's, as those of the allow-list.
Binder binder_of(const api::Call& call) {
  return {
      .user = call.who.user, .any_device = !call.who.is_member(), .peer = http::limit_key(call.request.peer)};
}

std::string agent_of(BodyReader& body) {
  std::string agent = body.text("agent", 32).value_or("");
  if (!agent.empty() && !api::is_name(agent, "_-")) body.problem("agent", "must be an agent's name");
  return agent;
}

void answer_bind(const BootstrapRouteParts& parts, const CallPtr& call, BindVerdict verdict,
                 const std::optional<DeviceId>& device) {
  switch (verdict) {
    case BindVerdict::kBound:
      return answer_device(parts, call, *device);
    case BindVerdict::kUnknownCode:
      parts.audit.add(call->who.by, "device.bind.failed", "", {}, call->request.peer);
      return call->fail(404, "no device shows this code now: look again, a code changes within a day");
    case BindVerdict::kTooManyTries:
      return call->fail(429, "too many wrong codes: try again in 20 minutes");
    case BindVerdict::kNotYours:
      parts.audit.add(call->who.by, "device.bind.failed", device->text(), {}, call->request.peer);
      return call->fail(403, "this device is somebody else's: its owner must unbind it, or type the code in");
    case BindVerdict::kBlocked:
      return call->fail(403, "this device is blocked by an operator");
    case BindVerdict::kNotKept:
      return call->fail(503,
                        "the disk refused, or there are too many devices: the device is not bound; its "
                        "code is still good");
  }
}

void bind(const Shared& parts, const CallPtr& call) {
  BodyReader body(call->body);
  const std::string code = body.required_text("code", 32);
  std::string name = body.text("name", 64).value_or("");
  std::string agent = agent_of(body);
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  call->detail = {{"name", name}, {"agent", agent}};
  parts->bootstrap.bind(
      code, binder_of(*call), std::move(name), std::move(agent),
      [call](const DeviceId& device) {
        call->target = device.text();
        return call->take_audit_entry();
      },
      [parts, call](BindVerdict verdict, const std::optional<DeviceId>& device) {
        answer_bind(*parts, call, verdict, device);
      });
}

void allow(const Shared& parts, const CallPtr& call) {
  BodyReader body(call->body);
  const auto device = DeviceId::parse(body.required_text("device", 17));
  std::string name = body.text("name", 64).value_or("");
  const std::string uuid = body.text("client_uuid", 36).value_or("");
  if (!device) body.problem("device", "must be a MAC address");
  if (device && !uuid.empty() && auth::credential_uuid(*device, uuid) != uuid) {
    body.problem("client_uuid", "must be a UUID");
  }
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (call->who.is_member())
    return call->fail(403, "an operator allows devices; you may bind yours by its code");
  call->target = device->text();
  parts->bootstrap.allow(*device, std::move(name), uuid, call->take_audit_entry(),
                         answering(parts, call, *device));
}

void unbind(const Shared& parts, const CallPtr& call) {
  const DeviceEntry* entry = api::visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  const DeviceId device = entry->record.id;
  call->target = device.text();
  parts->bootstrap.unbind(device, binder_of(*call), call->take_audit_entry(), answering(parts, call, device));
}

void rotate(const Shared& parts, const CallPtr& call) {
  const DeviceEntry* entry = api::visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  BodyReader body(call->body);
  const bool now = body.boolean("now").value_or(false);
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const DeviceId device = entry->record.id;
  call->target = device.text();
  call->detail = {{"now", now}};
  parts->bootstrap.rotate(device, binder_of(*call), now, call->take_audit_entry(),
                          answering(parts, call, device));
}

bool is_serial(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSerialBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

// {"serial":"...","key":"hex"} or {"serial":"...","key_text":"..."} (py-xiaozhi's key is a text).
std::optional<std::pair<std::string, Secret>> chip_of(const json::value& item) {
  const json::object* chip = item.if_object();
  if (chip == nullptr || chip->size() != 2) return std::nullopt;
  const auto serial = json::find_string(*chip, "serial");
  if (!serial || !is_serial(*serial)) return std::nullopt;
  Secret key;
  if (const auto hex = json::find_string(*chip, "key")) {
    const auto bytes = from_hex(*hex);
    if (bytes) key = Secret(std::string(as_text(*bytes)));
  } else if (const auto text = json::find_string(*chip, "key_text")) {
    key = Secret(std::string(*text));
  }
  if (key.reveal().size() < kMinKeyBytes || key.reveal().size() > kMaxKeyBytes) return std::nullopt;
  return std::pair(std::string(*serial), std::move(key));
}

void import_serials(const Shared& shared, const CallPtr& call) {
  if (call->who.is_member()) return call->fail(403, "an operator imports serial numbers");
  const json::array* items = json::find_array(call->body, "serials");
  if (items == nullptr || call->body.size() != 1 || items->empty() || items->size() > kMaxSerials) {
    return call->fail(400, "serials must be a list of 1 to 1000 chips");
  }
  std::vector<std::pair<std::string, std::string>> sealed;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto chip = chip_of((*items)[i]);
    if (!chip) {
      return call->fail(400,
                        "serials[" + std::to_string(i) +
                            "] must hold a serial and a key (16 to 128 bytes in hexadecimal) or key_text");
    }
    sealed.emplace_back(chip->first,
                        shared->secrets.seal(Bootstrap::serial_purpose(chip->first), chip->second.reveal()));
  }
  const std::size_t count = sealed.size();
  call->detail = {{"count", count}};
  shared->store.write(
      shared->executor,
      [sealed = std::move(sealed), audit = call->take_audit_entry()](store::Store& store) {
        for (const auto& [serial, key] : sealed) store.devices().put_serial_key(serial, key);
        if (audit) store.audit().add(*audit);
      },
      [call, count](const Status& written) {
        if (!written) return call->fail(written.error());
        call->answer(json::object{{"imported", count}});
      });
}

}  // namespace

void add_bootstrap_routes(api::ApiRouter& routes, const BootstrapRouteParts& parts) {
  const auto shared = std::make_shared<const BootstrapRouteParts>(parts);
  const auto with = [shared](void (*handler)(const Shared&, const CallPtr&)) {
    return [shared, handler](const CallPtr& call) { handler(shared, call); };
  };
  routes.write("POST", "/api/v1/devices/bind", Scope::kDevicesWrite, "device.bind", with(bind));
  routes.write("POST", "/api/v1/devices/allow", Scope::kDevicesWrite, "device.allow", with(allow));
  routes.write("POST", "/api/v1/devices/serials", Scope::kDevicesWrite, "device.serials",
               with(import_serials), {.body_bytes = 512 * 1024});
  routes.write("POST", "/api/v1/devices/{id}/unbind", Scope::kDevicesWrite, "device.unbind", with(unbind));
  routes.write("POST", "/api/v1/devices/{id}/rotate", Scope::kDevicesWrite, "device.rotate", with(rotate));
}

}  // namespace earshot::gateway
