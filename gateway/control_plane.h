// Everything of the gateway that is not audio, put together: the store, the devices, commands, events and the
// HTTP API. app.cc makes one and gives it the doors it needs.
//
// Runs on: the gateway's main executor; none of it blocks, none of it is known to a shard.
// Owns: its parts. Borrows: io, clock and router, until it is destroyed.
// Lifecycle: made (opens the store; throws StartupError) -> start() -> stop() (what is queued is written).
#pragma once

#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/http/http_router.h"
#include "gateway/config.h"

namespace earshot::gateway {

class ControlPlane {
 public:
  ControlPlane(asio::io_context& io, const GatewayConfig& config, const Clock& clock, http::Router& router);
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  void start();
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace earshot::gateway
