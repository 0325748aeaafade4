#include "gateway/api/routes/device_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/device_access.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxTags = 16;
constexpr std::size_t kMaxTagBytes = 32;

// true, false, 1 or 0; answers 400 itself.
bool read_flag(Call& call, std::string_view name, std::optional<bool>& out) {
  const auto text = call.request.query_value(name);
  if (!text || text->empty()) return true;
  if (*text == "true" || *text == "1") return out = true, true;
  if (*text == "false" || *text == "0") return out = false, true;
  call.fail(400, std::string(name) + " must be true or false");
  return false;
}

void list_devices(const DeviceParts& parts, const CallPtr& call) {
  const auto page = page_of(*call);
  DeviceQuery query;
  if (!page || !read_flag(*call, "online", query.online) || !read_flag(*call, "bound", query.bound)) return;
  query.text = call->request.query_value("q").value_or("");
  query.tag = call->request.query_value("tag").value_or("");
  query.owner = call->who.is_member() ? call->who.user : call->request.query_value("owner").value_or("");
  query.limit = page->limit;
  query.after = page->before;
  const DevicePage found = parts.devices.search(query);
  json::array items;
  for (const DeviceEntry* entry : found.items) items.push_back(to_json(*entry, parts.mode));
  DeviceQuery online = query;
  online.online = true;
  online.limit = 1;
  online.after.clear();
  const bool none_online = query.online == false;
  call->answer(json::object{{"items", std::move(items)},
                            {"next", found.next},
                            {"total", found.total},
                            {"online", none_online ? 0 : parts.devices.search(online).total}});
}

void show_device(const DeviceParts& parts, const CallPtr& call) {
  if (const DeviceEntry* entry = visible_device(*call, parts.devices))
    call->answer(to_json(*entry, parts.mode));
}

std::optional<std::vector<std::string>> take_tags(BodyReader& body) {
  auto tags = body.texts("tags", kMaxTags, kMaxTagBytes);
  if (!tags) return std::nullopt;
  for (const auto& tag : *tags) {
    if (tag.empty() || tag.find_first_of(" ,") != std::string::npos)
      body.problem("tags", "must be words without spaces and commas");
  }
  std::ranges::sort(*tags);
  tags->erase(std::unique(tags->begin(), tags->end()), tags->end());
  return tags;
}

void change_device(const DeviceParts& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts.devices);
  if (entry == nullptr) return;
  store::Device device = entry->record;
  BodyReader body(call->body);
  device.name = body.text("name", 64).value_or(device.name);
  device.tags = take_tags(body).value_or(device.tags);
  device.agent = body.text("agent", 32).value_or(device.agent);
  device.auto_update = body.boolean("auto_update").value_or(device.auto_update);
  const auto blocked = body.boolean("blocked");
  const auto transport = body.text("transport", 16);
  if (!device.agent.empty() && !is_name(device.agent, "_-")) body.problem("agent", "must be an agent's name");
  if (transport && *transport != "mqtt" && *transport != "websocket")
    body.problem("transport", "must be mqtt or websocket");
  if (transport && *transport == "websocket" && !parts.websocket_possible)
    body.problem("transport", "cannot be websocket: the gateway's ota.websocket_url names no server");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (blocked && call->who.is_member()) return call->fail(403, "an operator blocks and unblocks devices");
  device.blocked = blocked.value_or(device.blocked);
  if (transport) {
    device.transport =
        *transport == "mqtt" ? store::DeviceTransport::kMqtt : store::DeviceTransport::kWebSocket;
  }
  const DeviceId id = device.id;
  call->target = id.text();
  call->detail = call->body;
  if (!parts.devices.put(std::move(device))) return call->fail(409, "there are too many devices");
  call->answer(to_json(*parts.devices.find(id), parts.mode));
}

void remove_device(const DeviceParts& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts.devices);
  if (entry == nullptr) return;
  if (call->who.is_member()) return call->fail(403, "an operator removes devices; you may unbind yours");
  const DeviceId id = entry->record.id;
  call->target = id.text();
  parts.devices.remove(id);
  call->answer(json::object{});
}

}  // namespace

void add_device_routes(ApiRouter& routes, DeviceParts parts) {
  const auto shared = std::make_shared<const DeviceParts>(std::move(parts));
  const auto with = [shared](void (*handler)(const DeviceParts&, const CallPtr&)) {
    return [shared, handler](const CallPtr& call) { handler(*shared, call); };
  };
  routes.read("/api/v1/devices", Scope::kDevicesRead, with(list_devices));
  routes.read("/api/v1/devices/{id}", Scope::kDevicesRead, with(show_device));
  routes.write("PATCH", "/api/v1/devices/{id}", Scope::kDevicesWrite, "device.change", with(change_device));
  routes.write("DELETE", "/api/v1/devices/{id}", Scope::kDevicesWrite, "device.remove", with(remove_device),
               {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
