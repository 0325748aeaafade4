#include "gateway/doors/monitoring/health_door.h"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/doors/monitoring/health.h"

namespace earshot::gateway {

namespace {

Health sum_up(const std::vector<ShardStats>& shards, bool broker_connected,
              const HealthDoor::Counts& others) {
  Health health{.broker_connected = broker_connected,
                .shards = static_cast<std::uint32_t>(shards.size()),
                .workers = 0,
                .sessions = 0,
                .store_away = false,
                .counters = {}};
  std::map<std::string, std::uint64_t> sums(others.begin(), others.end());
  for (const ShardStats& shard : shards) {
    health.sessions += static_cast<std::uint32_t>(shard.sessions);
    for (const auto& [name, value] : shard.counters) sums[name] += value;
  }
  if (!shards.empty()) {
    const auto fewest =
        std::ranges::min_element(shards, {}, [](const ShardStats& s) { return s.workers.size(); });
    health.workers = static_cast<std::uint32_t>(fewest->workers.size());
  }
  for (const auto& [name, value] : sums) {
    if (name == "store_away") health.store_away = value != 0;
    if (value != 0) health.counters.emplace_back(name, value);
  }
  return health;
}

}  // namespace

void HealthDoor::mount(http::Router& router) {
  for (const char* path : {"/healthz", "/readyz"}) {
    router.add("GET", path, [this](const http::Request&, const http::Reply& reply) { handle(reply); });
  }
}

void HealthDoor::handle(const http::Reply& reply) {
  shards_.stats(executor_, [this, reply](const std::vector<ShardStats>& shards) {
    reply(health_answer(sum_up(shards, link_.connected(), other_counters_())));
  });
}

}  // namespace earshot::gateway
