// The established gateway's HTTP door, so that its console can drive this gateway unchanged: `POST
// /api/commands/{clientId}` and `POST /api/devices/status` (docs/commands.md, "The door of the established
// console"). The same command path as every other door: receipts, audit log (by = compat), one call at a time.
//
// Runs on: the gateway's main executor.
// Borrows: commands, directory and clock; they outlive the router's server.
// Bounded: each address has kBurst requests at once, then one every kRefill; a wrong token costs one as well.
#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/base/rate_limiter.h"
#include "common/base/secret.h"
#include "common/http/http_router.h"
#include "gateway/control/commands/command_service.h"
#include "gateway/control/devices/device_directory.h"

namespace earshot::compat {

class CompatDoor {
 public:
  static constexpr std::uint32_t kBurst = 60;
  static constexpr Milliseconds kRefill{100};
  static constexpr Milliseconds kPatience{5000};  // as the established gateway waits for a device
  static constexpr std::size_t kMaxClients = 1000;

  // `key`: not empty.
  CompatDoor(Secret key, commands::CommandService& commands, const gateway::DeviceDirectory& devices,
             const Clock& clock);

  void mount(http::Router& router);

 private:
  bool admit(const http::Request& request, const http::Reply& reply);
  void command(const http::Request& request, const http::Reply& reply);
  void status(const http::Request& request, const http::Reply& reply);

  Secret key_;
  commands::CommandService& commands_;
  const gateway::DeviceDirectory& devices_;
  const Clock& clock_;
  RateLimiter rate_{{.burst = kBurst, .refill = kRefill, .max_keys = 1024}};
};

}  // namespace earshot::compat
