// The agents and providers of the store, as they go to every worker: one AgentSet cut into Envelopes that a
// record can hold. Values shared between threads; never changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ipc.pb.h"

namespace earshot::gateway {

struct AgentParts {
  using Envelopes = std::shared_ptr<const std::vector<ipc::Envelope>>;
  Envelopes whole;            // nullptr: nothing is sent
  Envelopes without_secrets;  // providers that have some are named and withheld
};

struct AgentFacts {
  struct Provider {
    std::string stage;
    std::string name;
    std::string config;  // JSON object, secrets among its keys
    bool secret = false;
  };
  struct Agent {
    std::string name;
    std::string config;
  };
  std::vector<Provider> providers;
  std::vector<Agent> agents;
};

AgentParts make_agent_parts(std::uint64_t revision, const AgentFacts& facts);

}  // namespace earshot::gateway
