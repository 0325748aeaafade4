#include "gateway/api/routes/device_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/device_access.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

using Shared = std::shared_ptr<const DeviceParts>;

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

void list_devices(const Shared& parts, const CallPtr& call) {
  const auto page = page_of(*call);
  DeviceQuery query;
  if (!page || !read_flag(*call, "online", query.online) || !read_flag(*call, "bound", query.bound)) return;
  query.text = call->request.query_value("q").value_or("");
  query.tag = call->request.query_value("tag").value_or("");
  query.owner = call->who.is_member() ? call->who.user : call->request.query_value("owner").value_or("");
  query.limit = page->limit;
  query.after = page->before;
  const DevicePage found = parts->devices.search(query);
  json::array items;
  for (const DeviceEntry* entry : found.items) items.push_back(to_json(*entry, parts->mode));
  DeviceQuery online = query;
  online.online = true;
  online.limit = 1;
  online.after.clear();
  const bool none_online = query.online == false;
  call->answer(json::object{{"items", std::move(items)},
                            {"next", found.next},
                            {"total", found.total},
                            {"online", none_online ? 0 : parts->devices.search(online).total}});
}

void show_device(const Shared& parts, const CallPtr& call) {
  if (const DeviceEntry* entry = visible_device(*call, parts->devices))
    call->answer(to_json(*entry, parts->mode));
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

// What a request changes; absent: as it was.
struct DeviceEdit {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> agent;
  std::optional<bool> auto_update;
  std::optional<bool> blocked;
  std::optional<store::DeviceTransport> transport;

  void apply(store::Device& device) const {
    device.name = name.value_or(device.name);
    device.tags = tags.value_or(device.tags);
    device.agent = agent.value_or(device.agent);
    device.auto_update = auto_update.value_or(device.auto_update);
    device.blocked = blocked.value_or(device.blocked);
    device.transport = transport.value_or(device.transport);
  }
};

std::optional<store::DeviceTransport> take_transport(BodyReader& body, bool websocket_possible) {
  const auto text = body.text("transport", 16);
  if (!text) return std::nullopt;
  if (*text == "mqtt") return store::DeviceTransport::kMqtt;
  if (*text != "websocket") {
    body.problem("transport", "must be mqtt or websocket");
  } else if (!websocket_possible) {
    body.problem("transport", "cannot be websocket: the gateway's ota.websocket_url names no server");
  }
  return store::DeviceTransport::kWebSocket;
}

void change_device(const Shared& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  const DeviceId id = entry->record.id;
  BodyReader body(call->body);
  const DeviceEdit edit{.name = body.text("name", 64),
                        .tags = take_tags(body),
                        .agent = body.text("agent", 32),
                        .auto_update = body.boolean("auto_update"),
                        .blocked = body.boolean("blocked"),
                        .transport = take_transport(body, parts->websocket_possible)};
  if (edit.agent && !edit.agent->empty() && !is_name(*edit.agent, "_-"))
    body.problem("agent", "must be an agent's name");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  if (edit.blocked && call->who.is_member())
    return call->fail(403, "an operator blocks and unblocks devices");
  call->target = id.text();
  call->detail = call->body;
  parts->devices.change(
      id, DeviceDirectory::Absent::kRefuse,
      [edit, who = call->who](store::Device& device) -> Status {
        // While it waited for its turn, the device may have got another owner.
        if (!who.sees(device)) return Error{ErrorCode::kNotFound, "no such device"};
        edit.apply(device);
        return kDone;
      },
      call->take_audit_entry(),
      [parts, call, id](const Status& kept) {
        if (!kept) return call->fail(kept.error());
        call->answer(to_json(*parts->devices.find(id), parts->mode));
      });
}

void remove_device(const Shared& parts, const CallPtr& call) {
  const DeviceEntry* entry = visible_device(*call, parts->devices);
  if (entry == nullptr) return;
  if (call->who.is_member()) return call->fail(403, "an operator removes devices; you may unbind yours");
  const DeviceId id = entry->record.id;
  call->target = id.text();
  parts->devices.remove(id, call->take_audit_entry(), [call](const Status& kept) {
    if (!kept) return call->fail(kept.error());
    call->answer(json::object{});
  });
}

}  // namespace

void add_device_routes(ApiRouter& routes, DeviceParts parts) {
  const auto shared = std::make_shared<const DeviceParts>(std::move(parts));
  const auto with = [shared](void (*handler)(const Shared&, const CallPtr&)) {
    return [shared, handler](const CallPtr& call) { handler(shared, call); };
  };
  routes.read("/api/v1/devices", Scope::kDevicesRead, with(list_devices));
  routes.read("/api/v1/devices/{id}", Scope::kDevicesRead, with(show_device));
  routes.write("PATCH", "/api/v1/devices/{id}", Scope::kDevicesWrite, "device.change", with(change_device));
  routes.write("DELETE", "/api/v1/devices/{id}", Scope::kDevicesWrite, "device.remove", with(remove_device),
               {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
