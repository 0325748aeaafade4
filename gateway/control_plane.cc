#include "gateway/control_plane.h"

#include "gateway/events/event_hub.h"

namespace earshot::gateway {

// In the order of their making; destroyed in the reverse one.
struct ControlPlane::Parts {
  Parts(asio::io_context& main, const GatewayConfig& loaded, const Clock& time, http::Router& routes)
      : io(main), config(loaded), clock(time), router(routes) {}

  asio::io_context& io;
  const GatewayConfig& config;
  const Clock& clock;
  http::Router& router;
  // store
  EventHub hub{clock};
  // devices
  // commands
  // api
};

ControlPlane::ControlPlane(asio::io_context& io, const GatewayConfig& config, const Clock& clock,
                           http::Router& router)
    : parts_(std::make_unique<Parts>(io, config, clock, router)) {}

ControlPlane::~ControlPlane() = default;

void ControlPlane::start() {}

void ControlPlane::stop() {}

}  // namespace earshot::gateway
