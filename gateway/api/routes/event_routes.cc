#include "gateway/api/routes/event_routes.h"

#include <charconv>
#include <memory>
#include <set>
#include <utility>

#include "common/http/event_feed.h"
#include "gateway/api/device_access.h"
#include "gateway/api/event_scopes.h"

namespace earshot::gateway::api {

namespace {

struct Filter {
  std::optional<DeviceId> device;
  std::set<std::string, std::less<>> kinds;  // empty: all
};

std::string to_data(const Event& event, json::object data) {
  data["at"] = event.at_ms;
  data["device"] = event.device.text();
  return json::serialize(data);
}

std::uint64_t parse_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  return failure == std::errc{} && end == text.data() + text.size() ? id : 0;
}

// nullopt: it was answered.
std::optional<Filter> read_filter(Call& call, const DeviceDirectory& devices) {
  static constexpr std::size_t kMaxKinds = 32;
  Filter filter;
  if (const auto device = call.request.query_value("device"); device && !device->empty()) {
    const DeviceEntry* entry = visible_device(call, devices, *device);
    if (entry == nullptr) return std::nullopt;
    filter.device = entry->record.id;
  }
  const auto asked = call.request.query_value("kinds").value_or("");
  for (std::string_view left = asked; !left.empty() && filter.kinds.size() < kMaxKinds;) {
    const auto kind = left.substr(0, left.find(','));
    if (!kind.empty()) filter.kinds.emplace(kind);
    left.remove_prefix(std::min(kind.size() + 1, left.size()));
  }
  return filter;
}

// Rights are judged anew for each event: a device may change hands while somebody listens.
bool may_know(const Identity& who, const DeviceDirectory& devices, const Filter& filter, const Event& event) {
  if (!filter.kinds.empty() && !filter.kinds.contains(event.kind)) return false;
  if (filter.device && event.device != *filter.device) return false;
  if (!who.is_member()) return true;
  if (event.device.text().empty()) return false;
  const DeviceEntry* entry = devices.find(event.device);
  return entry != nullptr && who.sees(entry->record);
}

void stream_events(const std::shared_ptr<const EventParts>& parts, const CallPtr& call) {
  const auto filter = read_filter(*call, parts->devices);
  if (!filter) return;
  if (parts->hub.subscribers() >= kMaxEventStreams) return call->fail(503, "too many listen already");
  const auto feed = std::make_shared<http::EventFeed>();
  // The request is kept to ask again who it is from: a log-out or a removed token ends the stream.
  const auto listener = [parts, feed, filter = *filter, request = call->request](const Event& event) {
    const auto who = parts->auth.authenticator.identify(request);
    if (!who || !who->may(Scope::kDevicesRead)) return feed->close();
    if (!may_know(*who, parts->devices, filter, event)) return;
    auto data = visible_data(event, who->scopes);
    if (!data) return;
    feed->send(
        {.id = std::to_string(event.id), .kind = event.kind, .data = to_data(event, std::move(*data))});
  };
  feed->send_comment("earshot");  // the head is sent at once, and proxies see that something comes
  if (const auto last = call->request.headers.find("Last-Event-ID"); !last.empty()) {
    const std::uint64_t seen = parse_id(last);
    if (!parts->hub.reaches(seen)) feed->send({.id = {}, .kind = "gap", .data = "{}"});
    parts->hub.replay(seen, listener);
  }
  const auto subscription = parts->hub.subscribe(listener);
  feed->on_closed([parts, subscription] { parts->hub.unsubscribe(subscription); });
  call->send({.status = 200, .content_type = {}, .body = {}, .headers = {}, .file = {}, .events = feed});
}

}  // namespace

void add_event_routes(ApiRouter& routes, EventParts parts) {
  const auto shared = std::make_shared<const EventParts>(parts);
  routes.read("/api/v1/events", Scope::kDevicesRead,
              [shared](const CallPtr& call) { stream_events(shared, call); });
}

}  // namespace earshot::gateway::api
