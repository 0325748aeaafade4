// How soon a device is silent when its user presses the button: a whole system and one simulated device,
// again and again.
#pragma once

#include <string>
#include <vector>

namespace earshot::bench {

struct AbortPlan {
  std::string bin;             // the folder of the binaries
  std::string folder;          // for configuration and logs; exists
  std::string providers_yaml;  // of the worker
  int aborts = 20;
};

// Milliseconds from `abort` sent to "tts stop" handled, both at the device:
// through broker, gateway and broker.
// Throws StartupError when the system does not come up, or an abort fails.
std::vector<double> run_aborts(const AbortPlan& plan);

}  // namespace earshot::bench
