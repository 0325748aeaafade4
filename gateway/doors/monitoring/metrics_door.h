// GET /metrics: asks every shard for its stats and answers when all have told. Only to this host itself,
// unless `remote` is set: the figures tell when people talk.
//
// Runs on: the HTTP server's executor.
// Borrows: shards and link, which outlive the server.
#pragma once

#include <functional>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/http_router.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/doors/monitoring/metrics_page.h"
#include "gateway/live/shard/shards.h"

namespace earshot::gateway {

class MetricsDoor {
 public:
  MetricsDoor(Executor executor, const Shards& shards, const broker::MqttLink& link,
              std::function<NamedCounts()> other_counters, bool remote)
      : executor_(std::move(executor)),
        shards_(shards),
        link_(link),
        other_counters_(std::move(other_counters)),
        remote_(remote) {}
  void mount(http::Router& router);

 private:
  void handle(const http::Request& request, const http::Reply& reply);

  Executor executor_;
  const Shards& shards_;
  const broker::MqttLink& link_;
  std::function<NamedCounts()> other_counters_;
  bool remote_;
};

}  // namespace earshot::gateway
