// The functions of sherpa-onnx that Earshot calls, found in its library at run time: one binary serves machines
// with and without it.
//
// Measured with 2.0.1: its code asks for no more than every x86-64 processor has (run with an emulated one of
// 2006, without SSE4 and AVX, same text); onnxruntime chooses faster code itself.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "worker/providers/sherpa/sherpa_api.h"

namespace earshot::worker::sherpa {

// Each is named after the function it points to.
struct Symbols {
  decltype(&SherpaOnnxGetVersionStr) get_version_str = nullptr;

  decltype(&SherpaOnnxCreateVoiceActivityDetector) create_detector = nullptr;
  decltype(&SherpaOnnxDestroyVoiceActivityDetector) destroy_detector = nullptr;
  decltype(&SherpaOnnxVoiceActivityDetectorAcceptWaveform) detector_accept_waveform = nullptr;
  decltype(&SherpaOnnxVoiceActivityDetectorClear) detector_clear = nullptr;
  decltype(&SherpaOnnxVoiceActivityDetectorDetected) detector_detected = nullptr;
  decltype(&SherpaOnnxVoiceActivityDetectorReset) detector_reset = nullptr;

  decltype(&SherpaOnnxCreateOfflineRecognizer) create_offline_recognizer = nullptr;
  decltype(&SherpaOnnxDestroyOfflineRecognizer) destroy_offline_recognizer = nullptr;
  decltype(&SherpaOnnxCreateOfflineStream) create_offline_stream = nullptr;
  decltype(&SherpaOnnxDestroyOfflineStream) destroy_offline_stream = nullptr;
  decltype(&SherpaOnnxAcceptWaveformOffline) accept_waveform_offline = nullptr;
  decltype(&SherpaOnnxDecodeOfflineStream) decode_offline_stream = nullptr;
  decltype(&SherpaOnnxGetOfflineStreamResult) get_offline_stream_result = nullptr;
  decltype(&SherpaOnnxDestroyOfflineRecognizerResult) destroy_offline_result = nullptr;

  decltype(&SherpaOnnxCreateOnlineRecognizer) create_online_recognizer = nullptr;
  decltype(&SherpaOnnxDestroyOnlineRecognizer) destroy_online_recognizer = nullptr;
  decltype(&SherpaOnnxCreateOnlineStream) create_online_stream = nullptr;
  decltype(&SherpaOnnxDestroyOnlineStream) destroy_online_stream = nullptr;
  decltype(&SherpaOnnxOnlineStreamAcceptWaveform) online_accept_waveform = nullptr;
  decltype(&SherpaOnnxOnlineStreamInputFinished) online_input_finished = nullptr;
  decltype(&SherpaOnnxIsOnlineStreamReady) is_online_stream_ready = nullptr;
  decltype(&SherpaOnnxDecodeOnlineStream) decode_online_stream = nullptr;
  decltype(&SherpaOnnxGetOnlineStreamResult) get_online_stream_result = nullptr;
  decltype(&SherpaOnnxDestroyOnlineRecognizerResult) destroy_online_result = nullptr;

  decltype(&SherpaOnnxCreateOfflineTts) create_tts = nullptr;
  decltype(&SherpaOnnxDestroyOfflineTts) destroy_tts = nullptr;
  decltype(&SherpaOnnxOfflineTtsSampleRate) tts_sample_rate = nullptr;
  decltype(&SherpaOnnxOfflineTtsNumSpeakers) tts_num_speakers = nullptr;
  decltype(&SherpaOnnxOfflineTtsGenerateWithConfig) tts_generate = nullptr;
  decltype(&SherpaOnnxDestroyOfflineTtsGeneratedAudio) destroy_audio = nullptr;
};

// Loads libsherpa-onnx-c-api.so out of `folder`, and with it the libonnxruntime.so beside it. They stay loaded
// until the process ends, once, however often this is called.
// Runs on: any thread. Blocks for some 20 ms the first time.
// kNotFound: a library is not there. kInvalid: it is cut off, or no library. kUnavailable: this machine's loader
// refuses it, a function is missing, or it is of another release series than kReleaseSeries.
Result<std::shared_ptr<const Symbols>> load_symbols(const std::string& folder);

}  // namespace earshot::worker::sherpa
