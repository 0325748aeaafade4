#include "worker/link/gateway_links.h"

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/ipc/endpoint.h"
#include "worker/link/link_logger.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kReportInterval{1000};

}  // namespace

GatewayLinks::GatewayLinks(Executor executor, GatewayLinksConfig config, Converse converse,
                           TakeAgents take_agents)
    : executor_(std::move(executor)),
      config_(std::move(config)),
      converse_(std::move(converse)),
      take_agents_(std::move(take_agents)),
      load_(config_.threads, std::chrono::steady_clock::now()),
      timer_(executor_) {}

void GatewayLinks::start() {
  for (const ipc::Endpoint& endpoint : config_.gateways) add(endpoint);
  next_report_ = std::chrono::steady_clock::now() + kReportInterval;
  arm();
}

void GatewayLinks::stop(std::function<void()> on_stopped) {
  on_stopped_ = std::move(on_stopped);
  if (stop_at_) return;
  stop_at_ = std::chrono::steady_clock::now() + config_.drain_patience;
  for (auto& [address, link] : links_) link->drain();
  link_logger().info("draining sessions={} links={}", sessions(), links_up());
}

void GatewayLinks::stop_now() {
  if (std::exchange(stopped_, true)) return;
  timer_.cancel();
  for (auto& [address, link] : links_) link->stop();
  if (const auto on_stopped = std::exchange(on_stopped_, nullptr)) on_stopped();
}

std::size_t GatewayLinks::sessions() const {
  std::size_t sessions = 0;
  for (const auto& [address, link] : links_) sessions += link->sessions();
  return sessions;
}

std::size_t GatewayLinks::links_up() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(links_, [](const auto& entry) { return entry.second->up(); }));
}

ipc::WorkerHello GatewayLinks::hello() const {
  ipc::WorkerHello hello;
  hello.set_worker_id(config_.worker_id);
  hello.set_capacity(config_.capacity);
  hello.set_version(config_.version);
  hello.set_pid(config_.pid);
  hello.set_hands_over(true);
  return hello;
}

Result<std::shared_ptr<Conversation>> GatewayLinks::converse(const std::string& gateway,
                                                             const ipc::SessionOpen& open,
                                                             ConversationSink sink,
                                                             const ConversationState& from) {
  return converse_(gateway, open, std::move(sink), from);
}

void GatewayLinks::take_agents(const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
  take_agents_(gateway, std::move(set), std::move(done));
}

void GatewayLinks::on_hello(const ipc::GatewayHello& hello) {
  for (const std::string& address : hello.shard_addresses()) {
    const auto endpoint = ipc::parse_endpoint(address);
    if (endpoint) {
      add(*endpoint);
    } else {
      link_logger().warn("a gateway names a shard at an address that cannot be dialled gateway={} why=\"{}\"",
                         hello.gateway_id(), endpoint.error().message);
    }
  }
}

// One report for all changes of a round.
void GatewayLinks::on_sessions_changed() {
  if (stopped_ || std::exchange(report_pending_, true)) return;
  next_report_ = SteadyTime{};
}

void GatewayLinks::add(const ipc::Endpoint& endpoint) {
  if (stopped_ || stop_at_ || links_.size() >= kMaxLinks || links_.contains(endpoint.text())) return;
  const auto link = GatewayLink::create(executor_, endpoint, *this, random_u32());
  links_.emplace(endpoint.text(), link);
  link->start();
}

void GatewayLinks::arm() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](error_code stopped) {
    if (!stopped && !stopped_) on_tick();
  });
}

void GatewayLinks::on_tick() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (auto& [address, link] : links_) link->tick(now);
  if (now >= next_report_) report_load();
  if (stop_at_ && (!busy() || now >= *stop_at_)) return stop_now();
  arm();
}

void GatewayLinks::report_load() {
  const SteadyTime now = std::chrono::steady_clock::now();
  // A change is told at once, with the figure of the last whole second.
  if (!std::exchange(report_pending_, false)) busy_permille_ = load_.sample_permille(now);
  next_report_ = now + kReportInterval;
  ipc::WorkerLoad load;
  load.set_sessions(static_cast<std::uint32_t>(sessions()));
  load.set_busy_permille(busy_permille_);
  if (config_.add_to_report) config_.add_to_report(load, now);
  for (auto& [address, link] : links_) link->send_load(load);
}

bool GatewayLinks::busy() const {
  return std::ranges::any_of(links_, [](const auto& entry) { return entry.second->busy(); });
}

}  // namespace earshot::worker
