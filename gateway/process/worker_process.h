// One local worker process: started, started again when it ends (restart_backoff.h), stopped with the
// gateway. The kernel kills it when the gateway dies in any way, so that none outlives it.
//
// Runs on: the executor's thread, which must be the process's main thread: PR_SET_PDEATHSIG follows the
// thread that forked.
// Owns: the child process. Kept alive by its pending operations until it has ended.
// Lifecycle: made -> start() -> stop() -> stopped.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "gateway/process/restart_backoff.h"

namespace earshot::gateway {

class WorkerProcess : public std::enable_shared_from_this<WorkerProcess> {
  struct Passkey {};

 public:
  struct Command {
    std::string name;  // for logs
    std::string binary;
    std::vector<std::string> arguments;  // without the binary itself
  };

  static std::shared_ptr<WorkerProcess> create(Executor executor, Command command);
  WorkerProcess(Passkey, Executor executor, Command command);

  void start();
  // SIGTERM, and SIGKILL after `patience`. `done` is called once, from the executor,
  // when the process is gone.
  void stop(Milliseconds patience, std::function<void()> done);

  // It reads its configuration again (SIGHUP).
  void reload() const;

  // 0 while none runs.
  pid_t pid() const { return pid_; }
  std::uint64_t restarts() const { return restarts_; }

 private:
  void spawn();
  void watch();
  void on_child_signal();
  void on_ended();
  void finish();

  asio::signal_set child_signal_;
  asio::steady_timer timer_;  // the back-off, or the patience of stop()
  Command command_;
  RestartBackoff backoff_;
  pid_t pid_ = 0;
  std::uint64_t restarts_ = 0;
  bool stopping_ = false;
  std::function<void()> on_stopped_;
};

}  // namespace earshot::gateway
