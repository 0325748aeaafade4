#include "worker/metrics_server.h"

#include <utility>

#include "common/http/json_answer.h"

namespace earshot::worker {

namespace {

http::Response health_answer(const WorkerHealth& health, int status) {
  const char* state = health.stopping ? "stopping" : health.ready() ? "ready" : "starting";
  return http::json_answer(
      json::object{{"status", state}, {"links", health.links}, {"conversations", health.conversations}},
      status);
}

}  // namespace

MetricsServer::MetricsServer(asio::io_context& io, const MetricsAddress& address,
                             std::function<void(metrics::Page&)> write, std::function<WorkerHealth()> health)
    : write_(std::move(write)),
      health_(std::move(health)),
      server_(io, address.host, address.port, "metrics.listen", router_,
              http::ServerLimits{.connections = 16}) {
  router_.add("GET", "/metrics", [this](const http::Request&, const http::Reply& reply) {
    metrics::Page page;
    write_(page);
    reply({.status = 200,
           .content_type = std::string(metrics::kContentType),
           .body = page.text(),
           .headers = {}});
  });
  for (const char* alive : {"/livez", "/healthz"}) {
    router_.add("GET", alive, [this](const http::Request&, const http::Reply& reply) {
      reply(health_answer(health_(), 200));
    });
  }
  router_.add("GET", "/readyz", [this](const http::Request&, const http::Reply& reply) {
    const WorkerHealth now = health_();
    reply(health_answer(now, now.ready() ? 200 : 503));
  });
}

}  // namespace earshot::worker
