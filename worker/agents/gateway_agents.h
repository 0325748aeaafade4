// The agents of a worker: those of its own configuration, and for each gateway these together with what the
// gateway's store holds. A new set is made ready on the pool; sessions that are open keep theirs.
//
// Runs on: the I/O thread.
// Owns: the configuration in force, and the engines of each, together with the conversations that use them.
// Borrows: the context; the pool is joined before it is destroyed.
// Bounded: kMaxGateways; a gateway's id changes with each start, so the one that was silent longest goes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "ipc.pb.h"
#include "worker/agents/agent_engines.h"
#include "worker/agents/stored_agents.h"
#include "worker/link/gateway_link.h"

namespace earshot::worker {

class GatewayAgents {
 public:
  static constexpr std::size_t kMaxGateways = 8;

  // Throws StartupError: a model or a voice that cannot be loaded.
  GatewayAgents(std::shared_ptr<const WorkerConfig> config, const ProviderContext& context);

  std::shared_ptr<AgentEngines> of(const std::string& gateway) const;
  // `done` is called when the set is in use, or a newer one is.
  void take(const std::string& gateway, ipc::AgentSet set, AgentsDone done);

  // Agents and providers are made anew of what `reread` gives, on the pool; sessions that begin afterwards have
  // them. When something of it is wrong, nothing changes. `done` is called on the I/O thread with the configuration
  // that is in force from now on, or with the problem.
  // REQUIRES: none is in progress.
  using Reread = std::function<WorkerConfig()>;  // throws ConfigError
  using Reloaded = std::function<void(Result<std::shared_ptr<const WorkerConfig>>)>;
  void reload(Reread reread, Reloaded done);

  // visitor(std::string_view stage, const ProviderRecord&), each stage and name once.
  template <class Visitor>
  void visit_providers(Visitor&& visitor) const {
    std::set<std::pair<std::string, std::string>> seen;
    const auto once = [&](std::string_view stage, const ProviderRecord& record) {
      if (seen.emplace(stage, record.name()).second) visitor(stage, record);
    };
    own_->visit_providers(once);
    for (const auto& [gateway, one] : gateways_) {
      if (one.engines) one.engines->visit_providers(once);
    }
  }

 private:
  struct OfGateway {
    std::shared_ptr<AgentEngines> engines;  // empty until the first set is ready
    ipc::AgentsAccepted answer;             // to the set of `engines`
    std::uint64_t wanted = 0;               // the newest revision that came
    std::uint64_t making = 0;
    std::optional<ipc::AgentSet> next;  // came while an older one was being made
    ipc::AgentSet set;                  // the one made last, to make it again
    std::vector<AgentsDone> waiting;
    std::uint64_t touched = 0;
  };
  struct Made {
    std::shared_ptr<AgentEngines> engines;
    ipc::AgentsAccepted answer;
  };

  void put_in_force(std::shared_ptr<const WorkerConfig> config, std::shared_ptr<AgentEngines> engines);
  void make(const std::string& gateway, OfGateway& one, ipc::AgentSet set);
  void on_made(const std::string& gateway, Made made);
  void make_room();

  std::shared_ptr<const WorkerConfig> config_;
  ProviderContext context_;
  std::shared_ptr<AgentEngines> own_;
  std::map<std::string, OfGateway> gateways_;
  std::uint64_t touches_ = 0;
};

}  // namespace earshot::worker
