#include "worker/agents/gateway_agents.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/asio/asio.h"
#include "common/log/log.h"

namespace earshot::worker {

namespace {

spdlog::logger& agents_logger() {
  static spdlog::logger& instance = log::logger("agents");
  return instance;
}

}  // namespace

GatewayAgents::GatewayAgents(std::shared_ptr<const WorkerConfig> config, const ProviderContext& context)
    : config_(std::move(config)),
      context_(context),
      own_(std::make_shared<AgentEngines>(*config_, context)) {}

std::shared_ptr<AgentEngines> GatewayAgents::of(const std::string& gateway) const {
  const auto one = gateways_.find(gateway);
  return one != gateways_.end() && one->second.engines ? one->second.engines : own_;
}

void GatewayAgents::take(const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
  if (!gateways_.contains(gateway)) make_room();
  OfGateway& one = gateways_[gateway];
  one.touched = ++touches_;
  // Each shard sends the same sets.
  if (one.engines && set.revision() <= one.answer.revision()) return done(one.answer);
  one.waiting.push_back(std::move(done));
  if (set.revision() <= one.wanted) return;
  one.wanted = set.revision();
  if (one.making != 0) {
    one.next = std::move(set);
    return;
  }
  make(gateway, one, std::move(set));
}

void GatewayAgents::reload(Reread reread, Reloaded done) {
  asio::post(context_.pool, [this, own = own_, before = config_, reread = std::move(reread),
                             done = std::move(done)]() mutable {
    std::shared_ptr<WorkerConfig> config;
    std::shared_ptr<AgentEngines> engines;
    std::string problem;
    try {
      config = std::make_shared<WorkerConfig>(reread());
      // The embedded voice keeps the language that it began with.
      config->conversation.default_language = before->conversation.default_language;
      engines = AgentEngines::with_embedded_of(*own, *config, context_);
    } catch (const std::runtime_error& wrong) {  // ConfigError, StartupError
      problem = wrong.what();
    }
    asio::post(context_.io, [this, config = std::move(config), engines = std::move(engines),
                             problem = std::move(problem), done = std::move(done)]() mutable {
      if (!engines) return done(Error{ErrorCode::kInvalid, std::move(problem)});
      put_in_force(config, std::move(engines));
      done(std::shared_ptr<const WorkerConfig>(std::move(config)));
    });
  });
}

void GatewayAgents::put_in_force(std::shared_ptr<const WorkerConfig> config,
                                 std::shared_ptr<AgentEngines> engines) {
  config_ = std::move(config);
  own_ = std::move(engines);
  own_->warm(context_.clock.now());
  // What gateways have sent stands beside the file's own agents. One that is being made was begun with the old ones.
  for (auto& [gateway, one] : gateways_) {
    if (one.making == 0)
      make(gateway, one, one.set);
    else if (!one.next)
      one.next = one.set;
  }
}

void GatewayAgents::make(const std::string& gateway, OfGateway& one, ipc::AgentSet set) {
  one.making = set.revision();
  one.set = set;
  auto engines = AgentEngines::sharing_providers(*own_);
  asio::post(context_.pool,
             [this, gateway, config = config_, engines = std::move(engines), set = std::move(set)]() mutable {
               AgentProblems problems;
               const WorkerConfig merged = with_stored(*config, set, problems);
               engines->extend(merged, *config, context_, problems);
               Made made{.engines = std::move(engines), .answer = {}};
               made.answer.set_revision(set.revision());
               for (ipc::AgentProblem& problem : problems) *made.answer.add_problems() = std::move(problem);
               asio::post(context_.io, [this, gateway, made = std::move(made)]() mutable {
                 on_made(gateway, std::move(made));
               });
             });
}

void GatewayAgents::on_made(const std::string& gateway, Made made) {
  const auto found = gateways_.find(gateway);
  if (found == gateways_.end()) return;  // room was needed
  OfGateway& one = found->second;
  agents_logger().info("agents taken gateway={} revision={} refused={}", gateway, made.answer.revision(),
                       made.answer.problems_size());
  one.engines = std::move(made.engines);
  one.answer = std::move(made.answer);
  one.making = 0;
  // Whoever waits is told of the newest.
  if (auto next = std::exchange(one.next, std::nullopt)) return make(gateway, one, std::move(*next));
  for (const AgentsDone& done : std::exchange(one.waiting, {})) done(one.answer);
}

void GatewayAgents::make_room() {
  if (gateways_.size() < kMaxGateways) return;
  const auto oldest =
      std::ranges::min_element(gateways_, {}, [](const auto& entry) { return entry.second.touched; });
  gateways_.erase(oldest);
}

}  // namespace earshot::worker
