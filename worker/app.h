// The worker's composition root: engines, brain, conversations, links. The only place that knows them all.
//
// Runs on: main's thread, which becomes the I/O thread.
// Owns: everything, and the pool of the DSP threads.
// Borrows: the service manager.
#pragma once

#include <functional>
#include <memory>

#include "common/service/service_manager.h"
#include "worker/config.h"

namespace earshot::worker {

class App {
 public:
  // Throws StartupError: a model or a voice that cannot be loaded.
  // `reread`: the configuration as the file has it now, from any thread; throws ConfigError.
  App(WorkerConfig config, std::function<WorkerConfig()> reread, const ServiceManager& manager);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Serves until SIGTERM or SIGINT; a second signal ends it without waiting for turns. SIGHUP makes it read its
  // configuration again where no terminal belongs to it (reload.h), and stops it where one does.
  // RETURNS: the exit code.
  int run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace earshot::worker
