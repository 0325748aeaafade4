// The voice detectors that a configuration can name:
//
//   vad:
//     detectors: 200         # of `local`: conversations heard by Silero, when the models folder has it
//     webrtc_mode: 3         # of `local` for those beyond, and without Silero
//     energy_margin_db: 8
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
  int detectors = 200;  // 38 % of a core when all of them hear speech without a pause (decision 0012)
  std::string selected = "local";
  std::optional<SherpaVadSettings> chosen;  // none: the embedded one
};

VadSettings read_vad(ConfigSection stage);
// `local` is Silero when `models_dir` has it and it loads, else the embedded detector; one line in the log tells
// which, and why.
// Errors: those of a provider that is chosen by name.
Result<std::unique_ptr<VadProvider>> make_vad(const VadSettings& settings, const std::string& models_dir);

}  // namespace earshot::worker
