#include "gateway/doors/monitoring/metrics_door.h"

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
  shards_.stats(executor_, [this, reply](std::vector<ShardStats> shards) {
    metrics::Page page;
    write_metrics(
        {.broker_connected = link_.connected(), .shards = std::move(shards), .others = other_counters_()},
        page);
    reply({.status = 200,
           .content_type = std::string(metrics::kContentType),
           .body = page.text(),
           .headers = {}});
  });
}

}  // namespace earshot::gateway
