#include "gateway/api/routes/join_routes.h"

#include "gateway/api/body_reader.h"

namespace earshot::gateway {

namespace {

void make_join_token(const std::unique_ptr<JoinDesk>& desk, const api::CallPtr& call) {
  if (!desk) {
    return call->fail(409,
                      "this gateway awaits no workers of other machines: set workers.remote_listen to "
                      "tls:ADDRESS:PORT, and see docs/deployment.md");
  }
  api::BodyReader body(call->body);
  JoinDesk::Wish wish;
  wish.valid =
      Milliseconds(body.integer("valid_ms", JoinDesk::kShortestLife.count(), JoinDesk::kLongestLife.count())
                       .value_or(wish.valid.count()));
  wish.name = body.text("name", 64).value_or("");
  wish.host = body.text("host", 253).value_or("");
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const auto offer = desk->offer(wish);
  if (!offer) return call->fail(offer.error());
  call->target = offer->id;
  call->detail = {{"name", wish.name}};
  const auto expires = std::chrono::duration_cast<Milliseconds>(offer->expires.time_since_epoch());
  call->answer(json::object{{"id", offer->id},
                            {"line", std::string(offer->line.reveal())},
                            {"name", wish.name},
                            {"expires", expires.count()}},
               201);
}

}  // namespace

void add_join_routes(api::ApiRouter& routes, const std::unique_ptr<JoinDesk>& desk) {
  routes.write("POST", "/api/v1/workers/join-tokens", api::Scope::kSystemWrite, "worker.join-token",
               [&desk](const api::CallPtr& call) { make_join_token(desk, call); });
}

}  // namespace earshot::gateway
