#include "gateway/doors/monitoring/metrics_door.h"

#include <memory>
#include <string>
#include <utility>

namespace earshot::gateway {

void MetricsDoor::mount(http::Router& router) {
  router.add("GET", "/metrics",
             [this](const http::Request& request, const http::Reply& reply) { handle(request, reply); });
}

void MetricsDoor::handle(const http::Request& request, const http::Reply& reply) {
  if (!remote_ && !request.from_this_host)
    return reply(http::json_error(403, "metrics are told to this host only (metrics.remote)"));
  auto figures = std::make_shared<GatewayFigures>();
  for (ShardProxy* shard : shards_) {
    shard->request_stats(executor_, [this, figures, reply](ShardStats stats) {
      figures->shards.push_back(std::move(stats));
      if (figures->shards.size() < shards_.size()) return;
      figures->broker_connected = link_.connected();
      figures->others = other_counters_();
      metrics::Page page;
      write_metrics(*figures, page);
      reply({.status = 200,
             .content_type = std::string(metrics::kContentType),
             .body = page.text(),
             .headers = {}});
    });
  }
}

}  // namespace earshot::gateway
