#include "gateway/doors/monitoring/health.h"

#include "common/json/json.h"

namespace earshot::gateway {

http::Response health_answer(const Health& health) {
  const bool ready = health.broker_connected && health.workers > 0;
  json::object counters;
  for (const auto& [name, value] : health.counters) {
    if (value != 0) counters[name] = value;
  }
  const json::object body{{"status", !ready              ? "starting"
                                     : health.store_away ? "degraded"
                                                         : "ready"},
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

}  // namespace earshot::gateway
