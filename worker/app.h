// The worker's composition root: engines, brain, conversations, links. The only place that knows them all.
//
// Runs on: main's thread, which becomes the I/O thread.
// Owns: everything, and the pool of the DSP threads.
#pragma once

#include <memory>

#include "worker/config.h"

namespace earshot::worker {

class App {
 public:
  // Throws StartupError: a model or a voice that cannot be loaded.
  explicit App(WorkerConfig config);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Serves until SIGTERM or SIGINT; a second signal ends it without waiting for turns.
  // RETURNS: the exit code.
  int run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace earshot::worker
