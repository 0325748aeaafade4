// `earshot-sim talk`: one device has one talk with a server. OTA, MQTT, hello, UDP, turns, goodbye.
#pragma once

#include "bench/simulator/talk_options.h"

namespace earshot::simulator {

// Blocks until the talk is over, `options.timeout` at most (and what it takes to disconnect), and then for
// `options.stay` or until SIGTERM or SIGINT.
// RETURNS: the exit code.
int run_talk(const TalkOptions& options);

}  // namespace earshot::simulator
