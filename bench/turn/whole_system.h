// A gateway with its broker and one spawned worker, on ports of loopback: what a device talks to.
//
// Runs on: one thread; waits block.
// Owns: the processes. SIGTERM when this dies, and SIGKILL ten seconds later.
#pragma once

#include <memory>
#include <string>

namespace earshot::e2e {
class ChildProcess;
}

namespace earshot::bench {

inline constexpr const char* kKeyVariable = "EARSHOT_BENCH_KEY";  // names the services' key for a worker

class WholeSystem {
 public:
  // `folder` exists; `worker_yaml` is the worker's configuration.
  // `one_core`: gateway, broker and worker share one processor, the last.
  // Throws StartupError when it does not come up.
  WholeSystem(const std::string& bin, const std::string& folder, const std::string& worker_yaml,
              bool one_core = false);
  ~WholeSystem();
  WholeSystem(const WholeSystem&) = delete;
  WholeSystem& operator=(const WholeSystem&) = delete;

  const std::string& ota_url() const { return ota_url_; }
  void stop();              // waits for the end
  std::string log() const;  // of gateway and worker, so far

 private:
  std::string ota_url_;
  std::unique_ptr<e2e::ChildProcess> gateway_;
};

}  // namespace earshot::bench
