// `earshot-sim load`: thousands of devices on one thread, every packet of theirs checked.
#pragma once

#include "bench/simulator/load/load_options.h"

namespace earshot::simulator {

// Blocks for the run.
// RETURNS: kExitOk; kExitFailed when devices found no session, or a packet was lost (unless faults were asked
// for), doubled or corrupt.
int run_load(const LoadOptions& options);

}  // namespace earshot::simulator
