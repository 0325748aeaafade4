// Voice activity by Silero: tells speech from noise and music, which the embedded detector does not.
#pragma once

#include <memory>

#include "worker/providers/vad/silero_model.h"
#include "worker/stages/vad.h"

namespace earshot::worker {

// Speech begins with the first probability and ends below the second. Both are the makers' defaults (threshold 0.5,
// and 0.15 less for the end, in silero_vad/utils_vad.py 6.2): where the network is unsure, the verdict stays.
inline constexpr float kSileroSpeechBegins = 0.5F;
inline constexpr float kSileroSpeechEnds = 0.35F;

// `detectors` conversations are heard by Silero at once; those beyond by `local`, and a warning tells so the first
// time. A verdict comes with the frame that completes a window: up to two windows (64 ms) behind the first sound.
// The Vads work on the caller's thread, one at a time each, and may outlive the provider.
std::unique_ptr<VadProvider> make_silero_vad(std::shared_ptr<const SileroModel> model, int detectors,
                                             std::unique_ptr<VadProvider> local);

}  // namespace earshot::worker
