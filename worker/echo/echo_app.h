// The worker as an echo (`engine: echo`): links and EchoEngine, nothing else; no model is loaded.
#pragma once

#include "common/service/service_manager.h"
#include "worker/config.h"

namespace earshot::worker {

// Blocks; serves until SIGTERM or SIGINT.
// RETURNS: the exit code.
int run_echo_worker(const WorkerConfig& config, const ServiceManager& manager);

}  // namespace earshot::worker
