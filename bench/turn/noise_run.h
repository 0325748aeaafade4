// Rooms where nobody speaks, before a whole system: a device in each, that listens. Nothing may come of it.
#pragma once

#include <string>
#include <vector>

#include "bench/turn/services.h"
#include "common/base/clock.h"

namespace earshot::bench {

struct NoisePlan {
  std::string bin;
  std::string folder;       // for sockets, configuration and logs; exists
  std::string worker_yaml;  // all of it but the capacity
  Milliseconds length{60'000};
};

struct NoiseResult {
  double minutes = 0;               // of all devices
  std::size_t turns = 0;            // that the worker has told
  std::size_t model_requests = 0;   // dropped guesses included
  std::vector<std::string> faults;  // of devices, the first few
};

// One device for each of fakes::kRoomSounds, in realtime mode, all at once.
// Throws StartupError when the system does not come up.
NoiseResult run_noise(const NoisePlan& plan, Services& services);

}  // namespace earshot::bench
