// The gateway, put together: the only place that knows every part.
//
// Runs on: the process's main thread.
// Owns: everything.
// Borrows: the service manager.
// Lifecycle: made -> run(), once: starts all parts in order, serves until SIGINT or SIGTERM, stops them in
// the reverse order within about 3 s and leaves no process, socket or run file behind. SIGHUP makes it read its
// configuration again where no terminal belongs to it (reload.h), and stops it where one does.
#pragma once

#include <functional>
#include <memory>

#include "common/service/service_manager.h"
#include "gateway/app/config.h"

namespace earshot::gateway {

class App {
 public:
  // `reread`: the configuration as the file has it now; throws ConfigError.
  App(GatewayConfig config, std::function<GatewayConfig()> reread, const ServiceManager& manager);
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
