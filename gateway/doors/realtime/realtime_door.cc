#include "gateway/doors/realtime/realtime_door.h"

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/http/json_answer.h"
#include "common/http/websocket_handshake.h"

namespace earshot::gateway {

namespace {

constexpr std::string_view kSubprotocol = "realtime";
constexpr std::string_view kBetaSubprotocol = "openai-beta.realtime-v1";
constexpr std::string_view kKeySubprotocol = "openai-insecure-api-key.";
constexpr std::size_t kMaxModelBytes = 64;
constexpr std::size_t kMaxSecretBody = 128 * 1024;

http::WebSocketLimits realtime_limits() {
  return {.message_bytes = RealtimeCall::kMaxEventBytes,
          .skip_bytes = RealtimeCall::kMaxRefusedBytes,
          // Ten seconds of speech are made ahead: 640 kB of base64.
          .queued_bytes = 2 * 1024 * 1024,
          .ping_after = Milliseconds(20'000),
          .dead_after = Milliseconds(60'000)};
}

// Of a list like Sec-WebSocket-Protocol, the member that begins so.
std::string_view member_with(std::string_view list, std::string_view prefix) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view member = list.substr(0, comma);
    while (member.starts_with(' ')) member.remove_prefix(1);
    while (member.ends_with(' ')) member.remove_suffix(1);
    if (member.starts_with(prefix)) return member;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return {};
}

// As clients show it; a browser can set no headers and offers it as a subprotocol.
std::string key_of(const http::Request& request) {
  const std::string_view bearer = request.headers.find("Authorization");
  if (bearer.starts_with(kBearerPrefix)) return std::string(bearer.substr(kBearerPrefix.size()));
  if (const auto key = request.headers.find("api-key"); !key.empty()) return std::string(key);
  const auto offered = member_with(request.headers.find("Sec-WebSocket-Protocol"), kKeySubprotocol);
  return offered.empty() ? std::string() : std::string(offered.substr(kKeySubprotocol.size()));
}

RealtimeDialect dialect_asked_for(const http::Request& request) {
  const bool header = request.headers.find("OpenAI-Beta").find("realtime=v1") != std::string_view::npos;
  if (header || http::offers_subprotocol(request, kBetaSubprotocol) ||
      request.query_value("protocol") == "beta")
    return RealtimeDialect::kBeta;
  return request.query_value("protocol") == "ga" ? RealtimeDialect::kGa : RealtimeDialect::kUndecided;
}

std::uint64_t random_seed() {
  return std::uint64_t{random_u32()} << 32 | random_u32();
}

std::string random_digits() {
  std::array<std::uint8_t, 8> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

}  // namespace

RealtimeDoor::RealtimeDoor(Executor executor, const Secret& device_key, bool require_key, const Clock& clock,
                           Ports ports)
    : executor_(std::move(executor)),
      keys_(device_key),
      gate_(require_key, clock, std::move(ports.identify)),
      clock_(clock),
      ports_(std::move(ports)) {}

void RealtimeDoor::mount(http::Router& router) {
  router.websocket("/v1/realtime", [this](http::PendingUpgrade upgrade) { on_upgrade(std::move(upgrade)); });
  const http::RouteOptions options{.body_bytes = kMaxSecretBody, .media_type = "application/json"};
  router.add(
      "POST", "/v1/realtime/client_secrets",
      [this](const http::Request& request, const http::Reply& reply) { make_secret(request, reply, false); },
      options);
  router.add(
      "POST", "/v1/realtime/sessions",
      [this](const http::Request& request, const http::Reply& reply) { make_secret(request, reply, true); },
      options);
  router.add("GET", "/v1/models",
             [this](const http::Request& request, const http::Reply& reply) { list_models(request, reply); });
  router.add("GET", "/health", [this](const http::Request&, const http::Reply& reply) {
    reply(http::json_answer({{"status", "healthy"}, {"active_sessions", active_}}));
  });
}

RealtimeDoor::Admission RealtimeDoor::admit(const http::Request& request) {
  const std::string key = key_of(request);
  if (!key.empty() && !gate_.is_slowed(request)) {
    if (auto grant = keys_.read(key, std::chrono::floor<std::chrono::seconds>(clock_.wall())))
      return {.grant = std::move(*grant), .ephemeral = true};
  }
  CallerGate::Verdict verdict = gate_.admit(request, key);
  if (verdict.status == 429) counters_.add(RealtimeEvent::kRefusedTooOften);
  if (verdict.status == 401) counters_.add(RealtimeEvent::kRefusedKey);
  return {.status = verdict.status, .grant = {.caller = std::move(verdict.caller), .session = {}}};
}

void RealtimeDoor::on_upgrade(http::PendingUpgrade upgrade) {
  const http::Request& request = upgrade.request();
  Admission admission = admit(request);
  if (admission.status == 429) return upgrade.refuse(429, "too many wrong keys");
  if (admission.status != 200) return upgrade.refuse(401, "this key is not known, or may not talk");
  counters_.add(RealtimeEvent::kAccepted);
  RealtimeTerms terms{.caller = admission.grant.caller,
                      .model = json::clean_text(request.query_value("model").value_or(""), kMaxModelBytes),
                      .dialect = dialect_asked_for(request),
                      .transcribes_only = request.query_value("intent") == "transcription",
                      .session = admission.grant.session,
                      .expires_at_s = 0,
                      .seed = random_seed()};
  // A key opens the agent that it was made for, whatever its holder asks for.
  if (const auto model = json::find_string(terms.session, "model"); model && !model->empty())
    terms.model = json::clean_text(*model, kMaxModelBytes);
  const auto end = clock_.wall() + std::chrono::hours(1);
  terms.expires_at_s = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch()).count();
  ++active_;
  auto gone = [this, alive = alive_, executor = executor_] {
    asio::post(executor, [this, alive] {
      if (*alive) --active_;
    });
  };
  const std::string_view subprotocol = http::offers_subprotocol(request, kSubprotocol) ? kSubprotocol : "";
  auto make = [terms = std::move(terms)](CallPort& port, CallHost& host, SteadyTime now) {
    return std::make_unique<RealtimeCall>(port, host, terms, now);
  };
  ports_.hand_over(std::move(upgrade), {.limits = realtime_limits(),
                                        .subprotocol = subprotocol,
                                        .make = std::move(make),
                                        .on_gone = std::move(gone)});
}

void RealtimeDoor::make_secret(const http::Request& request, const http::Reply& reply, bool beta) {
  const Admission admission = admit(request);
  if (admission.status != 200 || admission.ephemeral)
    return reply(http::json_error(admission.ephemeral ? 403 : admission.status, "this key makes no keys"));
  json::object body;
  if (!request.body.empty()) {
    auto parsed = json::parse_object(request.body, kMaxSecretBody);
    if (!parsed) return reply(http::json_error(400, "the body is not a JSON object"));
    body = std::move(*parsed);
  }
  json::object session;
  if (beta) session = body;
  if (const auto* wanted = json::find_object(body, "session"); wanted != nullptr && !beta) session = *wanted;
  RealtimeSettings settings;
  settings.model = json::clean_text(json::find_string(session, "model").value_or(""), kMaxModelBytes);
  if (const auto wrong = apply_update(session, settings)) return reply(http::json_error(400, wrong->message));
  std::chrono::seconds life = EphemeralKeys::kUsual;
  if (const auto* after = json::find_object(body, "expires_after")) {
    life = std::chrono::seconds(json::find_int(*after, "seconds").value_or(life.count()));
    if (life < EphemeralKeys::kShortest || life > EphemeralKeys::kLongest)
      return reply(http::json_error(400, "expires_after.seconds is 10 to 7200"));
  }
  const auto expiry = std::chrono::floor<std::chrono::seconds>(clock_.wall()) + life;
  const std::int64_t expires_at = expiry.time_since_epoch().count();
  const Secret key =
      keys_.make({.caller = admission.grant.caller, .session = std::move(session)}, expiry, random_digits());
  const json::object shown = settings_json(settings, beta ? RealtimeDialect::kBeta : RealtimeDialect::kGa,
                                           "sess_" + random_digits(), 0);
  // The one place where a key is told: to who asked for it.
  if (!beta) {
    return reply(http::json_answer(
        json::object{{"value", key.reveal()}, {"expires_at", expires_at}, {"session", shown}}));
  }
  json::object answer = shown;
  answer["client_secret"] = json::object{{"value", key.reveal()}, {"expires_at", expires_at}};
  reply(http::json_answer(std::move(answer)));
}

std::pair<Secret, std::int64_t> RealtimeDoor::key_for_page(const std::string& caller,
                                                           const std::string& agent) {
  const auto expiry = std::chrono::floor<std::chrono::seconds>(clock_.wall()) + kPageKeyLife;
  json::object session;
  session["model"] = json::clean_text(agent.empty() ? "default" : agent, kMaxModelBytes);
  return {keys_.make({.caller = caller, .session = std::move(session)}, expiry, random_digits()),
          expiry.time_since_epoch().count()};
}

void RealtimeDoor::list_models(const http::Request& request, const http::Reply& reply) {
  if (const Admission admission = admit(request); admission.status != 200)
    return reply(http::json_error(admission.status, "this key is not known, or may not talk"));
  ports_.models([reply](const std::vector<std::string>& agents) {
    json::array models;
    for (const std::string& agent : agents) {
      models.push_back(
          json::object{{"id", agent}, {"object", "model"}, {"created", 0}, {"owned_by", "earshot"}});
    }
    reply(http::json_answer(json::object{{"object", "list"}, {"data", std::move(models)}}));
  });
}

}  // namespace earshot::gateway
