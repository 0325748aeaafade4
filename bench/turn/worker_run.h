// One phase of the bench: a real worker process, N talkers at its door, what they and its log tell.
#pragma once

#include <string>

#include "bench/turn/recorded_speech.h"
#include "bench/turn/talker.h"
#include "bench/turn/trace_lines.h"

namespace earshot::bench {

struct PhasePlan {
  std::string worker_binary;
  std::string folder;       // for socket, configuration and log; exists
  std::string worker_yaml;  // beside providers: e.g. the endpoint section
  std::string providers_yaml;
  int conversations = 100;
  int turns = 5;
  bool barge_in = false;
};

struct PhaseResult {
  Figures figures;
  TraceLines traces;
};

// Throws StartupError when the worker does not come up, or dies.
PhaseResult run_phase(const PhasePlan& plan, const RecordedSpeech& speech);

}  // namespace earshot::bench
