#include "worker/metrics_server.h"

#include <utility>

namespace earshot::worker {

MetricsServer::MetricsServer(asio::io_context& io, const MetricsAddress& address,
                             std::function<void(metrics::Page&)> write)
    : write_(std::move(write)),
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
}

}  // namespace earshot::worker
