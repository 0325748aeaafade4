// The command line of `earshot-sim load`.
#pragma once

#include <functional>

#include "bench/simulator/load/load_options.h"

namespace CLI {
class App;
}

namespace earshot::simulator {

// Adds the subcommand.
// RETURNS: what completes `options` when it was chosen and parsed; it throws CLI::ParseError. `options`
// outlives both.
std::function<void()> add_load(CLI::App& app, LoadOptions& options);

}  // namespace earshot::simulator
