#include "gateway/doors/coze/coze_door.h"

#include <memory>
#include <utility>

#include "common/base/random.h"
#include "common/http/json_answer.h"
#include "gateway/doors/coze/coze_call.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxAgentBytes = 64;
constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr int kAuthRequired = CozeError::kUnauthenticated;

http::WebSocketLimits chat_limits() {
  return {.message_bytes = CozeCall::kMaxEventBytes,
          // Ten seconds of speech are made ahead: 1.3 MB of base64 at 48 kHz.
          .queued_bytes = 4 * 1024 * 1024,
          .ping_after = Milliseconds(20'000),
          .dead_after = Milliseconds(60'000)};
}

// A browser can set no headers, so the published SDKs put it into the address as well. A proxy may ask for a header of
// its own, which is no Bearer.
std::string token_of(const http::Request& request) {
  std::string shown(request.headers.find("Authorization"));
  if (!shown.starts_with(kBearerPrefix)) shown = request.query_value("authorization").value_or("");
  return shown.starts_with(kBearerPrefix) ? shown.substr(kBearerPrefix.size()) : std::string();
}

std::uint64_t seed_of_call() {
  return std::uint64_t{random_u32()} << 32 | random_u32();
}

json::object failure(int code, std::string_view message) {
  return {{"code", code}, {"msg", message}};
}

}  // namespace

CozeDoor::CozeDoor(bool require_key, const Clock& clock, Ports ports)
    : gate_(require_key, clock, std::move(ports.identify)),
      clock_(clock),
      hand_over_(std::move(ports.hand_over)) {}

void CozeDoor::mount(http::Router& router) {
  constexpr std::pair<const char*, CozeService> kServices[] = {
      {"/v1/chat", CozeService::kChat},
      {"/v1/audio/speech", CozeService::kSpeech},
      {"/v1/audio/transcriptions", CozeService::kTranscriptions}};
  for (const auto& [path, service] : kServices) {
    router.websocket(path, [this, service = service](http::PendingUpgrade upgrade) {
      on_upgrade(std::move(upgrade), service);
    });
  }
  router.add(
      "POST", "/v1/conversation/create",
      [this](const http::Request& request, const http::Reply& reply) { make_conversation(request, reply); },
      {.body_bytes = kMaxBodyBytes});
}

CallerGate::Verdict CozeDoor::admit(const http::Request& request) {
  CallerGate::Verdict verdict = gate_.admit(request, token_of(request));
  if (verdict.status == 429) counters_.add(CozeEvent::kRefusedTooOften);
  if (verdict.status == 401) counters_.add(CozeEvent::kRefusedKey);
  return verdict;
}

void CozeDoor::on_upgrade(http::PendingUpgrade upgrade, CozeService service) {
  const http::Request& request = upgrade.request();
  CallerGate::Verdict verdict = admit(request);
  if (verdict.status == 429) return upgrade.refuse(429, "too many wrong keys");
  if (verdict.status != 200) return upgrade.refuse(401, "this key is not known, or may not talk");
  counters_.add(CozeEvent::kAccepted);
  CozeTerms terms{.service = service,
                  .caller = std::move(verdict.caller),
                  .agent = json::clean_text(request.query_value("bot_id").value_or(""), kMaxAgentBytes),
                  .opened = clock_.wall(),
                  .seed = seed_of_call()};
  auto make = [terms = std::move(terms)](CallPort& port, CallHost& host, SteadyTime now) {
    return std::make_unique<CozeCall>(port, host, terms, now);
  };
  hand_over_(std::move(upgrade),
             {.limits = chat_limits(), .subprotocol = {}, .make = std::move(make), .on_gone = [] {}});
}

// Of esp_coze before its version 1, which connects with the id that it was given.
void CozeDoor::make_conversation(const http::Request& request, const http::Reply& reply) {
  if (const CallerGate::Verdict verdict = admit(request); verdict.status != 200) {
    return reply(
        http::json_answer(failure(kAuthRequired, "This key is not known, or may not talk."), verdict.status));
  }
  if (!request.body.empty() && !json::parse_object(request.body, kMaxBodyBytes))
    return reply(http::json_answer(failure(CozeError::kBadRequest, "The body is not a JSON object."), 400));
  CozeEvents ids([](std::string_view) {}, seed_of_call(), clock_.wall(), SteadyTime{});
  const std::string id = ids.make_id();
  reply(http::json_answer(json::object{{"code", 0},
                                       {"msg", ""},
                                       {"data", json::object{{"id", id},
                                                             {"created_at", ids.unix_seconds()},
                                                             {"meta_data", json::object{}},
                                                             {"last_section_id", ids.make_id()}}}}));
}

}  // namespace earshot::gateway
