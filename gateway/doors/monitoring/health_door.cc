#include "gateway/doors/monitoring/health_door.h"

#include <algorithm>
#include <map>
#include <utility>

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
  const auto add = [&](const char* path, http::Response (*answer)(const Health&)) {
    router.add("GET", path,
               [this, answer](const http::Request&, const http::Reply& reply) { handle(reply, answer); });
  };
  add("/healthz", health_answer);
  add("/readyz", ready_answer);
  add("/livez", live_answer);
}

void HealthDoor::handle(const http::Reply& reply, http::Response (*answer)(const Health&)) {
  shards_.stats(executor_, [this, reply, answer](const std::vector<ShardStats>& shards) {
    reply(answer(sum_up(shards, link_.connected(), other_counters_())));
  });
}

}  // namespace earshot::gateway
