// The gateway, put together: the only place that knows every part.
//
// Runs on: the process's main thread.
// Owns: everything.
// Lifecycle: made -> run(), once: starts all parts in order, serves until SIGINT or SIGTERM, stops them in
// the reverse order within about 3 s and leaves no process, socket or run file behind.
#pragma once

#include <memory>

#include "gateway/app/config.h"

namespace earshot::gateway {

class App {
 public:
  explicit App(GatewayConfig config);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // RETURNS: the process's exit code after a clean stop.
  // Throws StartupError when a part cannot start.
  int run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace earshot::gateway
