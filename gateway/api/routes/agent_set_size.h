// Whether agents and providers together stay within what a worker takes. Runs on a store thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/ipc/agent_set_limits.h"
#include "gateway/store/store.h"

namespace earshot::gateway::api {

inline constexpr std::string_view kAgentSetTooLarge =
    "all agents and providers together would be larger than the 1 MiB that a worker takes";

inline std::size_t weight(const store::Agent& agent) {
  return ipc::kAgentEntryBytes + agent.name.size() + agent.config.size();
}

// Sealed, secrets are a little longer than what is sent.
inline std::size_t weight(const store::Provider& provider) {
  return ipc::kAgentEntryBytes + provider.stage.size() + provider.name.size() + provider.config.size() +
         provider.secrets.size();
}

// When an entry of weight `before` (0: none) becomes one of weight `after`. A set that is too large already
// may still become smaller.
inline bool set_has_room(store::Store& store, std::size_t before, std::size_t after) {
  if (after <= before) return true;
  std::size_t all = after - before;
  for (const store::Agent& agent : store.agents().agents()) all += weight(agent);
  for (const store::Provider& provider : store.agents().providers()) all += weight(provider);
  return all <= ipc::kMaxAgentSetBytes;
}

}  // namespace earshot::gateway::api
