// The voice detectors that a configuration can name:
//
//   vad:
//     webrtc_mode: 3         # of `local`, the embedded detector
//     selected: silero       # a name below, or `local`
//     providers:
//       silero: { type: sherpa_onnx, model: /models/silero_vad.onnx }
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/config/config_reader.h"
#include "worker/providers/vad/embedded_vad.h"
#include "worker/providers/vad/sherpa_vad.h"

namespace earshot::worker {

struct VadSettings {
  EmbeddedVadConfig local;
  std::string selected = "local";
  std::optional<SherpaVadSettings> chosen;  // none: the embedded one
};

VadSettings read_vad(ConfigSection stage);
// `models_dir`: of WorkerConfig.
Result<std::unique_ptr<VadProvider>> make_vad(const VadSettings& settings, const std::string& models_dir);

}  // namespace earshot::worker
