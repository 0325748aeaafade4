#include "gateway/control_plane.h"

#include <optional>
#include <utility>

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
  std::optional<ControlPlaneDoors> doors;  // since connect()
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

void ControlPlane::connect(ControlPlaneDoors doors) {
  parts_->doors.emplace(std::move(doors));
}

void ControlPlane::stop() {}

void ControlPlane::presence(const auth::ClientId&, bool) {}

void ControlPlane::broker_connection(bool) {}

}  // namespace earshot::gateway
