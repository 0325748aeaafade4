// `earshot-sim realtime`: one call over a WebSocket, in real time.
//
// Runs on: the calling thread; blocks until it is over. Owns its io_context, the connection and the caller.
#pragma once

#include "bench/simulator/realtime/realtime_options.h"

namespace earshot::simulator {

// RETURNS: the exit code; what went wrong is told on stderr, without the key.
int run_realtime(const RealtimeOptions& options);

}  // namespace earshot::simulator
