#include "gateway/app/local_workers.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "common/log/log_settings.h"
#include "gateway/app/program_files.h"

namespace earshot::gateway {

namespace {

spdlog::logger& workers_logger() {
  static spdlog::logger& logger = log::logger("workers");
  return logger;
}

std::string name_of(std::uint32_t number) {
  return "w" + std::to_string(number);
}

// A worker has a link to each shard: its sessions are those of all, its busy share the same in each.
std::map<std::string, double> loads_of(const std::vector<ShardStats>& stats) {
  struct Sum {
    double sessions = 0;
    double capacity = 1;
    double busy = 0;
  };
  std::map<std::string, Sum> sums;
  for (const ShardStats& shard : stats) {
    for (const auto& worker : shard.workers) {
      Sum& sum = sums[worker.id];
      sum.sessions += worker.sessions;
      sum.capacity = std::max<double>(worker.capacity, 1);
      sum.busy = std::max(sum.busy, worker.busy_permille / 1000.0);
    }
  }
  std::map<std::string, double> loads;
  for (const auto& [name, sum] : sums)
    loads[name] = std::clamp(std::max(sum.sessions / sum.capacity, sum.busy), 0.0, 1.0);
  return loads;
}

}  // namespace

LocalWorkers::LocalWorkers(Executor executor, const Clock& clock, const GatewayConfig& config,
                           const Shards& shards)
    : executor_(std::move(executor)),
      clock_(clock),
      config_(config),
      shards_(shards),
      policy_(config.workers.spawn),
      timer_(executor_) {}

void LocalWorkers::start() {
  if (config_.workers.spawn.most == 0) return;
  binary_ = (config_.workers.binary.empty() ? beside_this_binary("earshot-worker") : config_.workers.binary)
                .string();
  if (::access(binary_.c_str(), X_OK) != 0) {
    throw StartupError(
        ExitCode::kConfig,
        "no worker to spawn: " + binary_ + " is missing or not executable (workers.binary, workers.spawn)");
  }
  for (std::uint32_t i = 0; i < config_.workers.spawn.least; ++i) start_one();
  if (!config_.workers.spawn.fixed()) look_later();
}

void LocalWorkers::reload() {
  for (const Worker& worker : workers_) worker.process->reload();
}

void LocalWorkers::stop(Milliseconds patience, std::function<void()> done) {
  timer_.cancel();
  if (workers_.empty()) return done();
  on_stopped_ = std::move(done);
  for (Worker& worker : workers_) {
    worker.leaving = true;
    worker.process->stop(patience, [this, number = worker.number] { gone(number); });
  }
}

std::uint64_t LocalWorkers::restarts() const {
  std::uint64_t sum = restarts_of_gone_;
  for (const Worker& worker : workers_) sum += worker.process->restarts();
  return sum;
}

// The lowest number that is free: a name, and its port for metrics, come back.
void LocalWorkers::start_one() {
  std::uint32_t number = 1;
  while (std::ranges::find(workers_, number, &Worker::number) != workers_.end()) ++number;
  workers_.push_back({.number = number, .process = WorkerProcess::create(executor_, command(number))});
  workers_.back().process->start();
}

void LocalWorkers::look_later() {
  timer_.expires_after(kLookEvery);
  timer_.async_wait([this](error_code stopped) {
    if (stopped) return;
    shards_.stats(executor_, [this](const std::vector<ShardStats>& stats) {
      if (on_stopped_) return;
      look(stats);
      look_later();
    });
  });
}

void LocalWorkers::look(const std::vector<ShardStats>& stats) {
  const auto reported = loads_of(stats);
  std::vector<double> loads;
  for (Worker& worker : workers_) {
    const auto found = reported.find(name_of(worker.number));
    worker.load = found == reported.end() ? 0 : found->second;
    if (!worker.leaving && found != reported.end()) loads.push_back(found->second);
  }
  switch (policy_.next(running(), loads, clock_.now())) {
    case SpawnPolicy::Step::kStart:
      workers_logger().info("another worker starts, those that run are busy running={}", running());
      return start_one();
    case SpawnPolicy::Step::kStop:
      return let_one_go();
    case SpawnPolicy::Step::kNone:
      return;
  }
}

// The one with the least to hand over; of equal ones the latest.
void LocalWorkers::let_one_go() {
  Worker* least = nullptr;
  for (Worker& worker : workers_) {
    if (!worker.leaving && (least == nullptr || worker.load <= least->load)) least = &worker;
  }
  if (least == nullptr) return;
  workers_logger().info("a worker may leave, the others stay calm without it name={} running={}",
                        name_of(least->number), running());
  least->leaving = true;
  least->process->stop(kLeavePatience, [this, number = least->number] { gone(number); });
}

void LocalWorkers::gone(std::uint32_t number) {
  const auto found = std::ranges::find(workers_, number, &Worker::number);
  if (found == workers_.end()) return;
  restarts_of_gone_ += found->process->restarts();
  workers_.erase(found);
  if (workers_.empty() && on_stopped_) std::exchange(on_stopped_, {})();
}

std::uint32_t LocalWorkers::running() const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(workers_, [](const Worker& worker) { return !worker.leaving; }));
}

WorkerProcess::Command LocalWorkers::command(std::uint32_t number) const {
  WorkerProcess::Command command{.name = name_of(number), .binary = binary_, .arguments = {}};
  if (!config_.workers.config.empty()) command.arguments = {"--config", config_.workers.config.string()};
  const auto add = [&command](std::initializer_list<std::string> arguments) {
    command.arguments.insert(command.arguments.end(), arguments);
  };
  add({"--gateway", config_.workers.listen.front().text(), "--id", command.name});
  if (log::uses_json()) add({"--set", "log.format=json"});
  if (config_.metrics.first_worker_port != 0) {
    add({"--set",
         "metrics.listen=127.0.0.1:" + std::to_string(config_.metrics.first_worker_port + number - 1)});
  }
  return command;
}

}  // namespace earshot::gateway
