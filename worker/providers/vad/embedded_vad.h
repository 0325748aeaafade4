// The embedded voice activity detector: WebRTC mode 3 and adaptive energy must agree.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "worker/stages/vad.h"

namespace earshot::worker {

struct EmbeddedVadConfig {
  int webrtc_mode = 3;          // 0..3, 3 is the strictest
  double energy_margin_db = 8;  // speech is so much louder than the noise floor
};

// kInvalid: a setting out of range.
Result<std::unique_ptr<VadProvider>> make_embedded_vad(const EmbeddedVadConfig& config);

}  // namespace earshot::worker
