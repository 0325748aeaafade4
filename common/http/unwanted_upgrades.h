// Clients that ask for a WebSocket where none is offered: counted, and named in the log, though not all of a
// flood. A device that was told to come by WebSocket shows its owner no more than "server not connected".
//
// Runs on: the server's executor.
#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "common/http/http_message.h"
#include "common/log/log_limiter.h"

namespace earshot::http {

class UnwantedUpgrades {
 public:
  void note(const Request& request, SteadyTime now);

 private:
  log::LogLimiter limiter_{5, std::chrono::minutes(1)};
};

}  // namespace earshot::http
