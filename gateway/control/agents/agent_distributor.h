// Brings the agents and providers of the store to every worker, and keeps what the workers say of them.
//
// Runs on: the gateway's main executor.
// Owns: the set that was sent last (without secrets), and the workers' verdicts.
// Borrows: store; secrets are opened only on their way out.
// Lifecycle: made -> reload() (at the start, and after each change) -> stop().
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/counters.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "gateway/live/workers/agent_parts.h"
#include "gateway/live/workers/worker_news.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

enum class AgentEvent { kSent, kUnreadable, kRefused, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(AgentEvent::kCount)> kAgentEventNames{
    "agents_sent", "agents_unreadable", "agents_refused"};
using AgentCounters = Counters<AgentEvent, kAgentEventNames>;

class AgentDistributor {
 public:
  static constexpr std::size_t kMaxWorkers = 256;  // whose verdict is kept; links are bounded as well

  struct Doors {
    std::function<void(AgentParts)> send;  // to every shard: ShardProxy::post_agents
    // RETURNS: a provider's secrets, a JSON object.
    // Errors: another key.
    std::function<Result<Secret>(const store::Provider&)> open_secrets;
    bool secrets_allowed = true;  // the workers' sockets are Unix sockets; for the log only
  };

  AgentDistributor(Executor executor, store::StoreProxy& store, Doors doors);

  // Reads the store and sends what is there. Calls while one is under way are one more.
  void reload();
  void stop() { stopped_ = true; }

  void taken(const AgentsNews& news);
  // What is wrong with it, as some worker says; empty: nothing, or nobody has said yet.
  // `stage` is empty for an agent.
  std::string problem_of(const std::string& stage, const std::string& name) const;
  std::uint64_t revision() const { return revision_; }
  const AgentCounters& counters() const { return counters_; }

 private:
  struct Stored {
    std::vector<store::Provider> providers;
    std::vector<store::Agent> agents;
  };
  void send(const Stored& stored);
  bool add(const store::Provider& provider, AgentFacts& facts);

  Executor executor_;
  store::StoreProxy& store_;
  Doors doors_;
  AgentCounters counters_;
  std::uint64_t revision_ = 0;
  bool reading_ = false;
  bool again_ = false;
  bool stopped_ = false;
  using Key = std::pair<std::string, std::string>;              // stage and name
  std::map<Key, std::string> own_problems_;                     // found before it was sent
  std::map<std::string, std::map<Key, std::string>> problems_;  // of the revision sent last, by worker
};

}  // namespace earshot::gateway
