// What the worker needs of sherpa-onnx, in words of its own: the providers above are written and tested
// against these interfaces; sherpa_binding.cc fulfils them with the library out of the models folder.
//
// Audio is 16 kHz mono, samples from -1 to 1. No method throws, whatever the library does. What remains: the
// library crashes, or ends the process, on a whole and valid model that bears the names of its family
// (sherpa_model.h) and is none of it all the same. Nobody but its maker can tell.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "worker/providers/sherpa/sherpa_model.h"

namespace earshot::worker::sherpa {

inline constexpr int kSampleRateHz = 16000;
inline constexpr std::size_t kVadWindowSamples = 512;  // Silero's, at 16 kHz

// Silero's verdicts, one stream of audio.
// Runs on: one thread at a time.
class VoiceDetector {
 public:
  virtual ~VoiceDetector() = default;
  // REQUIRES: window.size() == kVadWindowSamples.
  // RETURNS: whether this window is within speech.
  virtual bool accept(std::span<const float> window) = 0;
  virtual void reset() = 0;
};

// A model that reads a whole utterance.
// Runs on: any thread, several at a time.
class UtteranceModel {
 public:
  virtual ~UtteranceModel() = default;
  virtual Result<std::string> decode(std::span<const float> pcm) = 0;  // blocks: part of the audio's length
};

// An utterance read while it is spoken.
// Runs on: one thread at a time. Outlives its model's provider.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  virtual Result<std::string> accept(std::span<const float> pcm) = 0;  // RETURNS: the text so far
  virtual Result<std::string> finish() = 0;                            // no more audio; the whole text
};

// Runs on: any thread.
class StreamModel {
 public:
  virtual ~StreamModel() = default;
  virtual Result<std::unique_ptr<StreamDecoder>> open() = 0;
};

// Runs on: any thread, several at a time.
class VoiceModel {
 public:
  // RETURNS: go on?
  using OnSamples = std::function<bool(std::span<const float>)>;

  virtual ~VoiceModel() = default;
  virtual int sample_rate_hz() const = 0;
  virtual int speakers() const = 0;
  // Blocks; on_samples is called on this thread, once for each sentence that the model finds in the text.
  virtual Status speak(const std::string& text, int speaker, double speed, const OnSamples& on_samples) = 0;
};

// Loading blocks for up to seconds: startup only. Errors tell the file that the library could not use.
class SherpaLibrary {
 public:
  virtual ~SherpaLibrary() = default;
  virtual Result<std::unique_ptr<VoiceDetector>> load_detector(const Model& model,
                                                               double threshold) const = 0;
  // REQUIRES: !streaming(model.family), or streaming() for the second.
  virtual Result<std::shared_ptr<UtteranceModel>> load_utterance_model(const Model& model,
                                                                       const std::string& language) const = 0;
  virtual Result<std::shared_ptr<StreamModel>> load_stream_model(const Model& model) const = 0;
  virtual Result<std::shared_ptr<VoiceModel>> load_voice(const Model& model) const = 0;
};

// The library of `models_dir`/lib, loaded once a process, which it never leaves again.
// Runs on: any thread. Errors are one line that tells what is wrong with which file and how to get it:
// kUnavailable: there is no such folder in the configuration, or the library is of another release or of another
// kind of machine. kNotFound, kInvalid: a file is missing, or no whole library.
Result<std::shared_ptr<const SherpaLibrary>> sherpa_library(const std::string& models_dir);

}  // namespace earshot::worker::sherpa
