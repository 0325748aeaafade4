// How large the agents and providers of a gateway may be together: what a worker takes as one set
// (worker/link/agent_set_reader.h). The API refuses what no worker would have.
#pragma once

#include <cstddef>

namespace earshot::ipc {

inline constexpr std::size_t kMaxAgentSetBytes = 1024 * 1024;  // hundreds of agents with long prompts
// What an entry weighs besides its texts: its fields' tags and lengths, its share of a part's head.
inline constexpr std::size_t kAgentEntryBytes = 64;

}  // namespace earshot::ipc
