#include "gateway/control/agents/agent_distributor.h"

#include <utility>

#include "common/ipc/agent_set_limits.h"
#include "common/json/json.h"
#include "common/log/log.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxConfigBytes = 64 * 1024;

// The API keeps the set within this; a store of an older program may hold more.
struct SetRoom {
  std::size_t bytes = ipc::kMaxAgentSetBytes;
  int left_out = 0;

  bool take(std::size_t texts) {
    const std::size_t weight = ipc::kAgentEntryBytes + texts;
    if (weight > bytes) {
      ++left_out;
      return false;
    }
    bytes -= weight;
    return true;
  }
};
constexpr const char* kLeftOut =
    "is left out: all agents and providers together are larger than the 1 MiB that a worker takes";

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("agents");
  return instance;
}

}  // namespace

AgentDistributor::AgentDistributor(Executor executor, store::StoreProxy& store, Doors doors)
    : executor_(std::move(executor)), store_(store), doors_(std::move(doors)) {}

void AgentDistributor::reload() {
  if (stopped_ || std::exchange(reading_, true)) {
    again_ = true;
    return;
  }
  store_.read(
      executor_,
      [](store::Store& store) {
        return Stored{.providers = store.agents().providers(), .agents = store.agents().agents()};
      },
      [this](Result<Stored> stored) {
        reading_ = false;
        if (stopped_) return;
        if (stored) {
          send(*stored);
        } else {
          counters_.add(AgentEvent::kUnreadable);
          logger().error("agents cannot be read why=\"{}\"; workers keep those they have",
                         stored.error().message);
        }
        if (std::exchange(again_, false)) reload();
      });
}

void AgentDistributor::taken(const AgentsNews& news) {
  if (news.revision != revision_) return;  // of an older set
  if (!problems_.contains(news.worker) && problems_.size() >= kMaxWorkers) return;
  auto& problems = problems_[news.worker];
  problems.clear();
  for (const AgentsNews::Problem& problem : news.problems) {
    counters_.add(AgentEvent::kRefused);
    logger().warn("a worker cannot use what the store holds worker={} stage={} name={} why=\"{}\"",
                  news.worker, problem.stage.empty() ? "agent" : problem.stage, problem.name, problem.what);
    problems[{problem.stage, problem.name}] = problem.what;
  }
}

std::string AgentDistributor::problem_of(const std::string& stage, const std::string& name) const {
  const Key key{stage, name};
  if (const auto own = own_problems_.find(key); own != own_problems_.end()) return own->second;
  for (const auto& [worker, problems] : problems_) {
    if (const auto found = problems.find(key); found != problems.end()) return found->second;
  }
  return {};
}

void AgentDistributor::send(const Stored& stored) {
  own_problems_.clear();
  problems_.clear();
  AgentFacts facts;
  std::size_t secret = 0;
  SetRoom room;
  for (const store::Provider& provider : stored.providers) {
    if (!add(provider, facts)) continue;
    const AgentFacts::Provider& added = facts.providers.back();
    if (!room.take(added.stage.size() + added.name.size() + added.config.size())) {
      own_problems_[{provider.stage, provider.name}] = kLeftOut;
      facts.providers.pop_back();
    } else if (added.secret) {
      ++secret;
    }
  }
  for (const store::Agent& agent : stored.agents) {
    if (agent.config.size() > kMaxConfigBytes) {
      own_problems_[{"", agent.name}] = "is larger than 64 KiB";
    } else if (!room.take(agent.name.size() + agent.config.size())) {
      own_problems_[{"", agent.name}] = kLeftOut;
    } else {
      facts.agents.push_back({.name = agent.name, .config = agent.config});
    }
  }
  if (room.left_out > 0) {
    logger().warn("agents and providers together are larger than the 1 MiB that a worker takes left_out={}",
                  room.left_out);
  }
  if (secret > 0 && !doors_.secrets_allowed) {
    logger().warn(
        "keys of {} providers stay here: workers are linked over TCP, which does not tell who they are; use "
        "a "
        "Unix socket (workers.listen), or name these providers in the workers' own files",
        secret);
  }
  counters_.add(AgentEvent::kSent);
  logger().info("agents sent revision={} agents={} providers={}", revision_ + 1, facts.agents.size(),
                facts.providers.size());
  doors_.send(make_agent_parts(++revision_, facts));
}

// RETURNS: whether it goes out. The secrets become members of its configuration, under their own keys.
bool AgentDistributor::add(const store::Provider& provider, AgentFacts& facts) {
  const auto refuse = [&](std::string why) {
    own_problems_[{provider.stage, provider.name}] = std::move(why);
    return false;
  };
  auto config = json::parse_object(provider.config, kMaxConfigBytes);
  if (!config) return refuse("its configuration is no JSON object of at most 64 KiB");
  bool secret = false;
  if (!provider.secrets.empty()) {
    const auto opened = doors_.open_secrets(provider);
    if (!opened) return refuse("its key cannot be opened: " + opened.error().message + "; give it anew");
    const auto secrets = json::parse_object(opened->reveal(), kMaxConfigBytes);
    if (!secrets) return refuse("its key cannot be read; give it anew");
    for (const auto& [key, value] : *secrets) (*config)[key] = value;
    secret = !secrets->empty();
  }
  facts.providers.push_back(
      {.stage = provider.stage, .name = provider.name, .config = json::serialize(*config), .secret = secret});
  return true;
}

}  // namespace earshot::gateway
