#include "gateway/api/routes/talk_routes.h"

#include <memory>
#include <utility>

#include "common/base/rate_limiter.h"
#include "gateway/api/body_reader.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxAgentBytes = 64;

struct TalkDesk {
  const Clock& clock;
  MakeTalkKey make;
  RateLimiter limiter{{.burst = kTalkKeys, .refill = kTalkKeyRefill}};
};

void make_talk_key(TalkDesk& desk, const CallPtr& call) {
  if (!desk.make)
    return call->fail(409, "this gateway takes no conversations of browsers: set realtime.enabled to true");
  BodyReader body(call->body);
  const std::string agent = body.text("agent", kMaxAgentBytes).value_or("");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  // The door remembers a bounded number of keys: who asks for ever more would push out those of others.
  if (!desk.limiter.take(call->who.by, desk.clock.now()))
    return call->fail(429, "too many conversations were begun; wait a moment");
  call->target = agent.empty() ? "default" : agent;
  const auto [key, expires_at_s] = desk.make(call->who.by, agent);
  // The one place where the key is told: to who asked for it.
  call->answer(json::object{{"key", key.reveal()}, {"expires", expires_at_s * 1000}}, 201);
}

}  // namespace

void add_talk_routes(ApiRouter& routes, const Clock& clock, MakeTalkKey make) {
  auto desk = std::make_shared<TalkDesk>(TalkDesk{.clock = clock, .make = std::move(make)});
  routes.write("POST", "/api/v1/talk/keys", Scope::kCommands, "talk.key",
               [desk = std::move(desk)](const CallPtr& call) { make_talk_key(*desk, call); });
}

}  // namespace earshot::gateway::api
