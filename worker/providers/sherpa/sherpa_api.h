// The one door to sherpa-onnx: its C header, and proof that it is of the release series this code is for.
//
// Structures of its API grow from release to release, inside other structures, so that a program compiled
// with another series' header crashes instead of failing (measurements 9). The sizes are those of 1.13.0
// to 1.13.8 on 64-bit machines. CMake tries this header alone before it decides for the engine.
#pragma once

#include <sherpa-onnx/c-api/c-api.h>

namespace earshot::worker::sherpa {

inline constexpr const char* kReleaseSeries = "1.13.";

static_assert(sizeof(SherpaOnnxVadModelConfig) == 88, "not the header of sherpa-onnx 1.13");
static_assert(sizeof(SherpaOnnxOnlineRecognizerConfig) == 272, "not the header of sherpa-onnx 1.13");
static_assert(sizeof(SherpaOnnxOfflineRecognizerConfig) == 608, "not the header of sherpa-onnx 1.13");
static_assert(sizeof(SherpaOnnxOfflineTtsConfig) == 448, "not the header of sherpa-onnx 1.13");
static_assert(sizeof(SherpaOnnxGenerationConfig) == 56, "not the header of sherpa-onnx 1.13");

}  // namespace earshot::worker::sherpa
