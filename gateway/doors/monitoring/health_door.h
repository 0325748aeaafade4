// GET /healthz, /readyz and /livez: asks every shard for its stats and answers when all have told. A shard that hangs
// lets all three without an answer, which is one.
//
// Runs on: the HTTP server's executor.
// Borrows: shards and link, which outlive the server.
#pragma once

#include <functional>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/http_router.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/doors/monitoring/health.h"
#include "gateway/live/shard/shards.h"

namespace earshot::gateway {

class HealthDoor {
 public:
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

  HealthDoor(Executor executor, const Shards& shards, const broker::MqttLink& link,
             std::function<Counts()> other_counters)
      : executor_(std::move(executor)),
        shards_(shards),
        link_(link),
        other_counters_(std::move(other_counters)) {}
  void mount(http::Router& router);

 private:
  void handle(const http::Reply& reply, http::Response (*answer)(const Health&));

  Executor executor_;
  const Shards& shards_;
  const broker::MqttLink& link_;
  std::function<Counts()> other_counters_;
};

}  // namespace earshot::gateway
