#include "worker/link/gateway_links.h"

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/ipc/endpoint.h"
#include "worker/link/fair_share.h"
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
      targets_(config_.gateways),
      timer_(executor_),
      expiry_(config_.tls_until) {}

void GatewayLinks::start() {
  for (const GatewayTarget& target : targets_.fixed()) add(target, target.endpoint.text());
  next_report_ = std::chrono::steady_clock::now() + kReportInterval;
  arm();
}

void GatewayLinks::stop(std::function<void()> on_stopped) {
  on_stopped_ = std::move(on_stopped);
  if (stop_at_) return;
  stop_at_ = std::chrono::steady_clock::now() + config_.drain_patience;
  for (auto& [address, shard] : links_) shard.link->drain();
  link_logger().info("draining sessions={} links={}", sessions(), links_up());
}

void GatewayLinks::stop_now() {
  if (std::exchange(stopped_, true)) return;
  timer_.cancel();
  for (auto& [address, shard] : links_) shard.link->stop();
  auto& names = asio::use_service<http::NameLookup>(asio::query(executor_, asio::execution::context));
  for (const auto& [which, ticket] : lookups_) names.cancel(ticket);
  if (const auto on_stopped = std::exchange(on_stopped_, nullptr)) on_stopped();
}

std::size_t GatewayLinks::sessions() const {
  std::size_t sessions = 0;
  for (const auto& [address, shard] : links_) sessions += shard.link->sessions();
  return sessions;
}

std::size_t GatewayLinks::links_up() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(links_, [](const auto& entry) { return entry.second.link->up(); }));
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

bool GatewayLinks::has_room(const std::string& gateway) const {
  std::map<std::string, std::uint32_t> by_gateway;
  for (const auto& [address, shard] : links_) {
    if (shard.link->up())
      by_gateway[shard.link->gateway()] += static_cast<std::uint32_t>(shard.link->sessions());
  }
  const std::uint32_t own = by_gateway[gateway];
  by_gateway.erase(gateway);
  std::vector<std::uint32_t> others;
  for (const auto& [other, sessions] : by_gateway) others.push_back(sessions);
  return has_fair_room(config_.capacity, own, others);
}

// Over TLS only the ports count: how the gateway is reached from here it cannot know, and nobody is sent elsewhere.
void GatewayLinks::on_hello(const ipc::GatewayHello& hello, const GatewayTarget& from) {
  const bool secured = from.endpoint.kind == ipc::Endpoint::Kind::kTls;
  const auto known = links_.find(from.endpoint.text());
  const std::string gateway = known == links_.end() ? from.endpoint.text() : known->second.gateway;
  for (const std::string& address : hello.shard_addresses()) {
    const auto endpoint = ipc::parse_endpoint(address);
    const bool fits = endpoint.ok() && (endpoint->kind == ipc::Endpoint::Kind::kTls) == secured;
    if (!fits) {
      link_logger().warn("a gateway names a shard at an address that cannot be dialled gateway={} why=\"{}\"",
                         hello.gateway_id(), endpoint ? address : endpoint.error().message);
      continue;
    }
    GatewayTarget target{.endpoint = *endpoint, .name = from.name};
    if (secured) target.endpoint.host = from.endpoint.host;
    wanted_.add_shard(target, gateway);
    add(target, gateway);
  }
}

// One report for all changes of a round.
void GatewayLinks::on_sessions_changed() {
  if (stopped_ || std::exchange(report_pending_, true)) return;
  next_report_ = SteadyTime{};
}

void GatewayLinks::add(const GatewayTarget& target, const std::string& gateway) {
  const std::string address = target.endpoint.text();
  if (stopped_ || stop_at_ || links_.size() >= kMaxLinks || links_.contains(address)) return;
  const auto link = GatewayLink::create(executor_, target, *this, random_u32());
  links_.emplace(address, Shard{.link = link, .gateway = gateway});
  link->start();
}

void GatewayLinks::look_up(const GatewayTargets::Question& question) {
  auto& names = asio::use_service<http::NameLookup>(asio::query(executor_, asio::execution::context));
  lookups_[question.which] =
      names.find(question.host, "0", executor_,
                 [this, which = question.which](const error_code& failure, const http::Endpoints& endpoints) {
                   if (!stopped_) found(which, failure, endpoints);
                 });
}

void GatewayLinks::found(std::size_t which, const error_code& failure, const http::Endpoints& endpoints) {
  lookups_.erase(which);
  std::vector<std::string> addresses;
  for (const auto& endpoint : endpoints) addresses.push_back(endpoint.address().to_string());
  if (failure) addresses.clear();
  const auto change = targets_.answered(which, addresses, failure ? failure.message() : "no address",
                                        std::chrono::steady_clock::now());
  if (!change.tell.empty()) link_logger().warn("{}", change.tell);
  for (const GatewayTarget& target : change.added) {
    wanted_.add_gateway(target);
    add(target, target.endpoint.text());
  }
  for (const GatewayTarget& target : change.gone) give_up(target);
}

void GatewayLinks::give_up(const GatewayTarget& target) {
  const std::string gateway = target.endpoint.text();
  wanted_.remove_gateway(gateway);
  link_logger().info("a gateway left the answer of its name: its conversations end there name={} address={}",
                     target.name, gateway);
  for (auto& [address, shard] : links_) {
    if (shard.gateway == gateway) shard.link->retire();
  }
}

void GatewayLinks::drop_retired() {
  for (auto at = links_.begin(); at != links_.end();) {
    const bool over = at->second.link->over();
    if (over) at->second.link->stop();
    at = over ? links_.erase(at) : std::next(at);
  }
  // One that came back, or was named again, while its old link was ending.
  for (const auto& [address, wanted] : wanted_.all()) add(wanted.target, wanted.gateway);
}

void GatewayLinks::arm() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](error_code stopped) {
    if (!stopped && !stopped_) on_tick();
  });
}

void GatewayLinks::on_tick() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (auto& [address, shard] : links_) shard.link->tick(now);
  drop_retired();
  for (const auto& question : targets_.due(now)) look_up(question);
  warn_of_expiry(now);
  if (now >= next_report_) report_load();
  if (stop_at_ && (!busy() || now >= *stop_at_)) return stop_now();
  arm();
}

void GatewayLinks::warn_of_expiry(SteadyTime now) {
  if (const auto days = expiry_.due(now, std::chrono::system_clock::now())) {
    link_logger().warn(
        "this worker's certificate expires days={}: join again with a token of earshotctl workers join-token "
        "--name {}",
        *days, config_.worker_id);
  }
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
  const std::uint32_t open_now = load.sessions();
  for (auto& [address, shard] : links_) {
    // A gateway that has had its share is told that we are full.
    load.set_sessions(has_room(shard.link->gateway()) ? open_now : std::max(open_now, config_.capacity));
    shard.link->send_load(load);
  }
}

bool GatewayLinks::busy() const {
  return std::ranges::any_of(links_, [](const auto& entry) { return entry.second.link->busy(); });
}

}  // namespace earshot::worker
