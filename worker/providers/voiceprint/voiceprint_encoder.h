// The encoder of Resemblyzer (GE2E: a network of three LSTM layers, taught with thousands of voices), computed here.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "worker/stages/voiceprint.h"

namespace earshot::worker {

// 1,423,616 little-endian floats, as deploy/lib/voiceprint_weights.py writes them: of each layer the weights of the
// input and of the state and both biases, then the last layer's weights and bias.
inline constexpr std::size_t kVoiceprintWeightsBytes = 5'694'464;

// `voiceprint/encoder.f32` of a models folder. Reads 6 MB and keeps as much: startup only.
// Errors: kNotFound; kTooLarge; kInvalid: of another length, or not of numbers.
Result<std::unique_ptr<VoiceprintEngine>> load_voiceprint_encoder(const std::string& models_dir);

}  // namespace earshot::worker
