// The echo canceller of the WebRTC project, as libwebrtc-audio-processing 0.3 has it: an adaptive filter of 128 ms
// that finds the delay by itself, and a suppressor of what the filter leaves.
#pragma once

#include <memory>

#include "worker/stages/echo_canceller.h"

namespace earshot::worker {

std::unique_ptr<EchoCanceller> make_webrtc_echo_canceller();

}  // namespace earshot::worker
