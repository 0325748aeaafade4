#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxKeptBytes = 1024 * 1024;

json::value count(const std::optional<Milliseconds>& duration) {
  return duration ? json::value(duration->count()) : json::value(nullptr);
}

}  // namespace

json::array texts(const std::vector<std::string>& from) {
  json::array all;
  for (const auto& text : from) all.emplace_back(text);
  return all;
}

json::object kept_object(std::string_view text) {
  auto parsed = json::parse_object(text, kMaxKeptBytes);
  return parsed ? std::move(*parsed) : json::object{};
}

json::object to_json(const DeviceEntry& entry, AdmissionMode mode) {
  const store::Device& device = entry.record;
  const DevicePresence& now = entry.presence;
  return {{"id", device.id.text()},
          {"name", device.name},
          {"tags", texts(device.tags)},
          {"agent", device.agent},
          {"owner", device.owner},
          {"bound", device.bound},
          {"blocked", device.blocked},
          {"auto_update", device.auto_update},
          {"transport", device.transport == store::DeviceTransport::kMqtt ? "mqtt" : "websocket"},
          {"board", device.board},
          {"firmware", device.firmware},
          {"language", device.language},
          {"serial", device.serial},
          {"first_seen", ms(device.first_seen)},
          {"last_seen", ms(device.last_seen)},
          {"last_peer", device.last_peer},
          {"online", now.online},
          {"online_since", now.online ? json::value(now.online_since_ms) : json::value(nullptr)},
          {"session", now.session},
          {"worker", now.worker},
          {"state", device_state(mode, device)}};
}

json::object to_json(const store::User& user) {
  return {{"name", user.name},
          {"role", user.role == store::Role::kAdmin      ? "admin"
                   : user.role == store::Role::kOperator ? "operator"
                                                         : "member"},
          {"disabled", user.disabled},
          {"created", ms(user.created)},
          {"last_login", ms(user.last_login)}};
}

json::object to_json(const store::Token& token) {
  return {{"id", token.id},
          {"label", token.label},
          {"user", token.user},
          {"scopes", texts(token.scopes)},
          {"created", ms(token.created)},
          {"expires", ms(token.expires)},
          {"last_used", ms(token.last_used)},
          {"parent", token.parent}};
}

json::object to_json(const store::BrokerOperator& who) {
  return {
      {"name", who.name}, {"user_tools", who.user_tools}, {"texts", who.texts}, {"created", ms(who.created)}};
}

json::object to_json(const store::Agent& agent) {
  return {{"name", agent.name}, {"config", kept_object(agent.config)}, {"changed", ms(agent.changed)}};
}

json::object to_json(const store::Conversation& conversation) {
  return {{"session", conversation.session},       {"device", conversation.device.text()},
          {"agent", conversation.agent},           {"worker", conversation.worker},
          {"started", ms(conversation.started)},   {"ended", ms(conversation.ended)},
          {"end_reason", conversation.end_reason}, {"turns", conversation.turns}};
}

json::object to_json(const store::Turn& turn) {
  return {{"session", turn.session},
          {"device", turn.device.text()},
          {"turn", turn.number},
          {"source", turn.source},
          {"end", turn.end},
          {"user_text", turn.user_text},
          {"reply_text", turn.reply_text},
          {"started", ms(turn.started)},
          {"first_audio_ms", count(turn.first_audio)},
          {"overhead_ms", count(turn.overhead)},
          {"trace", kept_object(turn.trace)},
          {"has_audio", turn.has_audio}};
}

json::object to_json(const store::AuditEntry& entry) {
  return {{"id", entry.id},         {"at", ms(entry.at)},     {"who", entry.who},
          {"action", entry.action}, {"target", entry.target}, {"detail", kept_object(entry.detail)},
          {"peer", entry.peer}};
}

json::object to_json(const store::LatencyBucket& bucket) {
  return {{"from", ms(bucket.from)},
          {"turns", bucket.turns},
          {"p50_ms", bucket.p50.count()},
          {"p90_ms", bucket.p90.count()},
          {"p99_ms", bucket.p99.count()}};
}

}  // namespace earshot::gateway::api
