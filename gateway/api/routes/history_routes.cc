#include "gateway/api/routes/history_routes.h"

#include <charconv>
#include <memory>
#include <utility>

#include "common/audio/ogg_opus.h"
#include "gateway/api/device_access.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

using Parts = std::shared_ptr<const HistoryParts>;

constexpr std::size_t kLatestTurns = 50;
constexpr std::uint32_t kDeviceRateHz = 16'000;  // what devices record with; only told, Opus needs no rate

// `device` of the query. Members must name one of theirs. false: it was answered.
bool read_device(const Parts& parts, Call& call, std::optional<DeviceId>& out) {
  const auto text = call.request.query_value("device");
  if (text && !text->empty()) {
    // A device that was removed has history still, for who sees all of them.
    out = DeviceId::parse(*text);
    if (out && !call.who.is_member()) return true;
    return visible_device(call, parts->devices, *text) != nullptr;
  }
  if (!call.who.is_member()) return true;
  call.fail(400, "device: name one of yours");
  return false;
}

// Whether the caller may know of this device's history.
bool may_see(const Parts& parts, const Call& call, const DeviceId& device) {
  if (!call.who.is_member()) return true;
  const DeviceEntry* entry = parts->devices.find(device);
  return entry != nullptr && call.who.sees(entry->record);
}

void list_conversations(const Parts& parts, const CallPtr& call) {
  const auto page = page_of(*call);
  std::optional<DeviceId> device;
  if (!page || !read_device(parts, *call, device)) return;
  parts->store.read(
      parts->executor,
      [device, page = *page](store::Store& store) { return store.conversations().list(device, page); },
      [call](const Result<store::Page<store::Conversation>>& found) {
        found ? call->answer(list_of(found->items, found->next)) : call->fail(found.error());
      });
}

struct Transcript {
  std::optional<store::Conversation> conversation;
  std::vector<store::Turn> turns;
};

void show_conversation(const Parts& parts, const CallPtr& call) {
  parts->store.read(
      parts->executor,
      [session = std::string(call->request.param("session"))](store::Store& store) {
        Transcript found{.conversation = store.conversations().find(session), .turns = {}};
        if (found.conversation) found.turns = store.conversations().turns(session);
        return found;
      },
      [parts, call](const Result<Transcript>& found) {
        if (!found) return call->fail(found.error());
        if (!found->conversation || !may_see(parts, *call, found->conversation->device))
          return call->fail(404, "no such conversation");
        json::object answer = to_json(*found->conversation);
        json::array turns;
        for (const auto& turn : found->turns) turns.push_back(to_json(turn));
        answer["turns"] = std::move(turns);
        call->answer(answer);
      });
}

void send_audio(const Parts& parts, const CallPtr& call) {
  const auto text = call->request.param("n");
  const auto side = call->request.param("side");
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool known = failure == std::errc{} && end == text.data() + text.size() && !text.empty();
  if (!known || (side != "user" && side != "reply")) return call->fail(404, "no such audio");
  parts->store.read(
      parts->executor,
      [session = std::string(call->request.param("session")), number](store::Store& store) {
        return store.conversations().audio(session, number);
      },
      [parts, call, of_user = side == "user"](const Result<std::optional<store::Turn>>& found) {
        if (!found) return call->fail(found.error());
        if (!*found || !may_see(parts, *call, (*found)->device)) return call->fail(404, "no such audio");
        const std::string& packets = of_user ? (*found)->user_audio : (*found)->reply_audio;
        auto file = audio::to_ogg_opus(packets, kDeviceRateHz);
        if (!file || packets.empty()) return call->fail(404, "no such audio");
        call->send({.status = 200, .content_type = "audio/ogg", .body = std::move(*file), .headers = {}});
      });
}

struct Latency {
  std::vector<store::LatencyBucket> buckets;
  std::vector<store::Turn> latest;
};

void show_latency(const Parts& parts, const CallPtr& call) {
  std::optional<DeviceId> device;
  if (!read_device(parts, *call, device)) return;
  const auto hours = query_integer(*call, "hours", 1, 24 * 90, 24);
  if (!hours) return;
  const auto buckets = query_integer(*call, "buckets", 1, 1000, 24);
  if (!buckets) return;
  const auto until = std::chrono::time_point_cast<Milliseconds>(parts->clock.wall());
  const auto since = until - std::chrono::hours(*hours);
  parts->store.read(
      parts->executor,
      [device, since, until, buckets = static_cast<std::size_t>(*buckets)](store::Store& store) {
        return Latency{.buckets = store.conversations().latency(device, since, until, buckets),
                       .latest = store.conversations().latest_turns(device, kLatestTurns)};
      },
      [call](const Result<Latency>& found) {
        if (!found) return call->fail(found.error());
        json::array latest;
        for (const auto& turn : found->latest) {
          const json::object all = to_json(turn);
          latest.push_back(json::object{{"at", all.at("started")},
                                        {"device", all.at("device")},
                                        {"session", all.at("session")},
                                        {"turn", all.at("turn")},
                                        {"first_audio_ms", all.at("first_audio_ms")},
                                        {"overhead_ms", all.at("overhead_ms")}});
        }
        call->answer(
            json::object{{"buckets", list_of(found->buckets).at("items")}, {"latest", std::move(latest)}});
      });
}

void list_audit(const Parts& parts, const CallPtr& call) {
  const auto page = page_of(*call);
  if (!page) return;
  parts->store.read(
      parts->executor, [page = *page](store::Store& store) { return store.audit().list(page); },
      [call](const Result<store::Page<store::AuditEntry>>& found) {
        found ? call->answer(list_of(found->items, found->next)) : call->fail(found.error());
      });
}

}  // namespace

void add_history_routes(ApiRouter& routes, HistoryParts parts) {
  const auto shared = std::make_shared<const HistoryParts>(std::move(parts));
  const auto with = [shared](void (*handler)(const Parts&, const CallPtr&)) {
    return [shared, handler](const CallPtr& call) { handler(shared, call); };
  };
  routes.read("/api/v1/conversations", Scope::kConversationsRead, with(list_conversations));
  routes.read("/api/v1/conversations/{session}", Scope::kConversationsRead, with(show_conversation));
  routes.read("/api/v1/conversations/{session}/turns/{n}/audio/{side}", Scope::kConversationsRead,
              with(send_audio));
  routes.read("/api/v1/latency", Scope::kConversationsRead, with(show_latency));
  routes.read("/api/v1/audit", Scope::kAuditRead, with(list_audit));
}

}  // namespace earshot::gateway::api
