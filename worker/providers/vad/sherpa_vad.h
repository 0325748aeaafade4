// Voice activity by Silero through sherpa-onnx: tells speech from babble and music, which the embedded
// detector does not; it costs a neural network every 32 ms.
#pragma once

#include <memory>

#include "common/config/config_reader.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/stages/vad.h"

namespace earshot::worker {

struct SherpaVadSettings {
  sherpa::Model model;
  double threshold = 0.5;  // of the model's probability of speech
  int detectors = 16;      // conversations heard at once, each with a copy of the model
};

// `family`, `model`, `threads`, `threshold`, `detectors`.
SherpaVadSettings read_sherpa_vad(ConfigSection& section);

// Loads all detectors. A detector is lent to a Vad for life; a conversation that finds none is heard by
// `local`, and a warning tells so. Verdicts lag by up to two windows (64 ms) behind the first sound and one
// behind the last. The Vads run on any thread, one at a time each, and may outlive the provider, but not
// `local`'s Vads theirs. kNotFound: a file is missing. kInvalid, kInternal: the library refuses the model.
Result<std::unique_ptr<VadProvider>> make_sherpa_vad(const SherpaVadSettings& settings,
                                                     const sherpa::SherpaLibrary& library,
                                                     std::unique_ptr<VadProvider> local);

}  // namespace earshot::worker
