#include "gateway/doors/monitoring/health.h"

#include "common/json/json.h"

namespace earshot::gateway {

namespace {

bool is_ready(const Health& health) {
  return health.broker_connected && health.workers > 0;
}

std::string_view status_of(const Health& health) {
  if (!is_ready(health)) return "starting";
  return health.store_away ? "degraded" : "ready";
}

http::Response status_answer(std::string_view status, int code) {
  return {.status = code,
          .content_type = "application/json",
          .body = json::serialize(json::object{{"status", status}}),
          .headers = {}};
}

}  // namespace

http::Response health_answer(const Health& health) {
  const bool ready = is_ready(health);
  json::object counters;
  for (const auto& [name, value] : health.counters) {
    if (value != 0) counters[name] = value;
  }
  const json::object body{{"status", status_of(health)},
                          {"store", health.store_away ? "away" : "ok"},
                          {"broker_connected", health.broker_connected},
                          {"shards", health.shards},
                          {"workers", health.workers},
                          {"sessions", health.sessions},
                          {"counters", std::move(counters)}};
  return {.status = ready ? 200 : 503,
          .content_type = "application/json",
          .body = json::serialize(body),
          .headers = {}};
}

http::Response ready_answer(const Health& health) {
  return status_answer(status_of(health), is_ready(health) ? 200 : 503);
}

http::Response live_answer(const Health&) {
  return status_answer("alive", 200);
}

}  // namespace earshot::gateway
