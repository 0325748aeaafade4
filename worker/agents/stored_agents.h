// The worker's own configuration together with the agents and providers of a gateway's store. Pure, but for
// files that a provider's settings name.
//
// What the worker's file names is not replaced: it belongs to this machine, its owner can rely on it. An
// entry that is wrong is left out and told of; the others count.
#pragma once

#include <vector>

#include "ipc.pb.h"
#include "worker/config.h"

namespace earshot::worker {

using AgentProblems = std::vector<ipc::AgentProblem>;

// RETURNS: `own` and what of `set` is usable; the rest is in `problems`.
WorkerConfig with_stored(const WorkerConfig& own, const ipc::AgentSet& set, AgentProblems& problems);

}  // namespace earshot::worker
