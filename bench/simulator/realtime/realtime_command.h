// The command line of `earshot-sim realtime`.
#pragma once

#include <functional>

#include "bench/simulator/realtime/realtime_options.h"

namespace CLI {
class App;
}

namespace earshot::simulator {

// RETURNS: what completes `options` once the line was parsed; it throws CLI::ParseError.
std::function<void()> add_realtime(CLI::App& app, RealtimeOptions& options);

}  // namespace earshot::simulator
