// GET /metrics of a worker, and whether it is well: /livez and /healthz (it answers), /readyz (a gateway has it and
// it takes sessions). Nothing else.
//
// Runs on: the io_context, the conversations' own.
// Borrows: what `write` reads, until destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/asio/asio.h"
#include "common/http/http_router.h"
#include "common/http/http_server.h"
#include "common/metrics/metrics.h"

namespace earshot::worker {

struct MetricsAddress {
  std::string host;
  std::uint16_t port = 0;  // 0: the system picks one, and the log tells it
};

struct WorkerHealth {
  std::size_t links = 0;  // to gateways' shards, up now
  std::size_t conversations = 0;
  bool stopping = false;

  bool ready() const { return links > 0 && !stopping; }
};

class MetricsServer {
 public:
  // Throws StartupError when the port cannot be bound.
  MetricsServer(asio::io_context& io, const MetricsAddress& address,
                std::function<void(metrics::Page&)> write, std::function<WorkerHealth()> health);

  std::uint16_t port() const { return server_.port(); }

 private:
  std::function<void(metrics::Page&)> write_;
  std::function<WorkerHealth()> health_;
  http::Router router_;
  http::Server server_;
};

}  // namespace earshot::worker
