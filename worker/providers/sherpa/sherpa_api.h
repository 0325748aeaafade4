// The one door to sherpa-onnx: its vendored C header, and proof that it is of the release series this code is for.
//
// Structures of its API grow from release to release, inside other structures, so that a program compiled
// with another series' header crashes instead of failing (measurements 9). The sizes are those of 2.0.1 on
// 64-bit machines.
#pragma once

#include <sherpa-onnx/c-api/c-api.h>

namespace earshot::worker::sherpa {

inline constexpr const char* kReleaseSeries = "2.0.";

static_assert(sizeof(SherpaOnnxVadModelConfig) == 88, "not the header of sherpa-onnx 2.0");
static_assert(sizeof(SherpaOnnxOnlineRecognizerConfig) == 272, "not the header of sherpa-onnx 2.0");
static_assert(sizeof(SherpaOnnxOfflineRecognizerConfig) == 624, "not the header of sherpa-onnx 2.0");
static_assert(sizeof(SherpaOnnxOfflineTtsConfig) == 456, "not the header of sherpa-onnx 2.0");
static_assert(sizeof(SherpaOnnxGenerationConfig) == 104, "not the header of sherpa-onnx 2.0");

}  // namespace earshot::worker::sherpa
