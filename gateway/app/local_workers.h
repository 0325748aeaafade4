// The worker processes that the gateway starts itself: a fixed number of them, or as many as their load asks for
// (spawn_policy.h). One that is too many is told to end as an operator would (SIGTERM): it hands its conversations to
// the others and ends when nobody is in the middle of an answer.
//
// Runs on: the gateway's main executor, its main thread.
// Owns: the processes.
// Lifecycle: made -> start() -> stop() -> its `done`; outlives the executor's last handler.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "gateway/app/config.h"
#include "gateway/live/shard/shards.h"
#include "gateway/process/spawn_policy.h"
#include "gateway/process/worker_process.h"

namespace earshot::gateway {

class LocalWorkers {
 public:
  static constexpr Milliseconds kLookEvery{1000};
  static constexpr Milliseconds kLeavePatience{60'000};  // of one that hands its conversations over

  LocalWorkers(Executor executor, const Clock& clock, const GatewayConfig& config, const Shards& shards);

  // Throws StartupError (kConfig): the program is missing.
  void start();
  void reload();  // they read their configuration again
  // SIGTERM to each, SIGKILL after `patience`; `done` is called once, when all are gone.
  void stop(Milliseconds patience, std::function<void()> done);

  std::uint64_t restarts() const;  // of processes that died

 private:
  struct Worker {
    std::uint32_t number = 0;  // from 1: w1
    std::shared_ptr<WorkerProcess> process;
    bool leaving = false;
    double load = 0;
  };

  void start_one();
  void look_later();
  void look(const std::vector<ShardStats>& stats);
  void let_one_go();
  void gone(std::uint32_t number);
  std::uint32_t running() const;
  WorkerProcess::Command command(std::uint32_t number) const;

  Executor executor_;
  const Clock& clock_;
  const GatewayConfig& config_;
  const Shards& shards_;
  std::string binary_;
  SpawnPolicy policy_;
  asio::steady_timer timer_;
  std::vector<Worker> workers_;
  std::uint64_t restarts_of_gone_ = 0;
  std::function<void()> on_stopped_;
};

}  // namespace earshot::gateway
