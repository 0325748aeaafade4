// A phase of the bench as devices see it: a whole system (broker, gateway, worker) against the fake services,
// N devices that talk in rounds. In a round each says the same sentence once, at its own time.
#pragma once

#include <string>
#include <vector>

#include "bench/turn/device_talker.h"
#include "bench/turn/services.h"
#include "bench/turn/spoken_script.h"
#include "bench/turn/trace_lines.h"

namespace earshot::bench {

struct DevicePlan {
  std::string bin;
  std::string folder;       // for sockets, configuration and logs; exists
  std::string worker_yaml;  // beside the services: e.g. the endpoint section
  ServicePlan services;
  std::vector<SpokenScript> rounds;
  int devices = 10;
  Milliseconds spread{2000};  // they begin a round within so much of each other
  bool local = false;         // the worker's own ears and voice: of the services the model alone
  bool one_core = false;      // WholeSystem
};

// What a round has found; `requests` are those to the model, guesses that were dropped included.
struct RoundResult {
  Milliseconds pause{0};  // inside the sentence
  std::size_t turns = 0;
  std::size_t cut = 0;
  std::size_t requests = 0;
  std::size_t voice_requests = 0;
  std::vector<double> first_audio_ms = {};
};

struct DeviceResult {
  std::vector<double> first_audio_ms;
  std::vector<RoundResult> rounds;
  std::size_t turns = 0;
  std::size_t failed = 0;
  std::size_t cut = 0;
  std::size_t with_gaps = 0;  // turns whose sound had one
  std::size_t requests = 0;
  std::size_t guesses_used = 0;       // turns that were begun before the user's end
  std::size_t guesses_discarded = 0;  // as the worker counts them
  std::vector<std::string> faults;    // the first few
  TraceLines traces;

  double wasted_a_turn() const;  // requests that answered nothing
};

// Throws StartupError when the system does not come up, or hangs.
DeviceResult run_devices(const DevicePlan& plan, Services& services);

// Devices in realtime mode that hear a long answer, and a sound over it: one each.
struct OverPlan {
  std::string bin;
  std::string folder;
  SpokenScript question;
  std::vector<Pcm> sounds;
  SpokenScript heard;  // what a recogniser makes of the sounds: its words; none for noises
};

struct OverResult {
  std::size_t sounds = 0;
  std::size_t ended = 0;          // answers that no longer sound, three seconds behind the sound
  std::size_t answered = 0;       // requests to the model since the sounds began
  std::vector<double> silent_ms;  // of those that paused or ended: until the device was silent
  std::vector<std::string> faults;
};

OverResult run_talking_over(const OverPlan& plan, Services& services);

}  // namespace earshot::bench
