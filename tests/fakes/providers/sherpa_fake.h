// sherpa-onnx as its documentation tells, without models: a detector that hears loud windows, recognisers
// that count, a voice that hums. Every part notes what it was given; `gate` holds inference up.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "worker/providers/sherpa/sherpa_library.h"

namespace earshot::worker::fakes {

// Closed: who comes waits. Open: passes.
class Gate {
 public:
  void close() { set(false); }
  void open() { set(true); }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
};

struct SherpaScript {
  std::optional<Error> load_failure;
  std::optional<Error> failure;  // of each inference
  Gate gate;
  int speakers = 1;
  int pieces = 3;  // of a sentence of the voice

  std::atomic<int> running{0};
  std::atomic<int> most_running{0};
  std::atomic<int> inferences{0};
  std::atomic<std::size_t> longest_samples{0};
  std::atomic<int> detectors{0};
  std::atomic<int> detector_resets{0};
  std::atomic<int> pieces_made{0};
};

// Counts who is inside an inference.
class Inference {
 public:
  explicit Inference(SherpaScript& script) : script_(script) {
    ++script_.inferences;
    const int now = ++script_.running;
    for (int most = script_.most_running; now > most;) {
      if (script_.most_running.compare_exchange_weak(most, now)) break;
    }
    script_.gate.pass();
  }
  ~Inference() { --script_.running; }
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

 private:
  SherpaScript& script_;
};

class SherpaFake final : public sherpa::SherpaLibrary {
 public:
  explicit SherpaFake(SherpaScript& script) : script_(script) {}

  Result<std::unique_ptr<sherpa::VoiceDetector>> load_detector(const sherpa::Model& /*model*/,
                                                               double threshold) const override {
    if (script_.load_failure) return *script_.load_failure;
    ++script_.detectors;
    return std::unique_ptr<sherpa::VoiceDetector>(std::make_unique<Detector>(script_, threshold));
  }
  Result<std::shared_ptr<sherpa::UtteranceModel>> load_utterance_model(
      const sherpa::Model& /*model*/, const std::string& /*language*/) const override {
    if (script_.load_failure) return *script_.load_failure;
    return std::shared_ptr<sherpa::UtteranceModel>(std::make_shared<Whole>(script_));
  }
  Result<std::shared_ptr<sherpa::StreamModel>> load_stream_model(
      const sherpa::Model& /*model*/) const override {
    if (script_.load_failure) return *script_.load_failure;
    return std::shared_ptr<sherpa::StreamModel>(std::make_shared<Streaming>(script_));
  }
  Result<std::shared_ptr<sherpa::VoiceModel>> load_voice(const sherpa::Model& /*model*/) const override {
    if (script_.load_failure) return *script_.load_failure;
    return std::shared_ptr<sherpa::VoiceModel>(std::make_shared<Voice>(script_));
  }

 private:
  // A window whose mean amplitude is above the threshold is speech.
  class Detector final : public sherpa::VoiceDetector {
   public:
    Detector(SherpaScript& script, double threshold) : script_(script), threshold_(threshold) {}
    bool accept(std::span<const float> window) override {
      EARSHOT_CHECK(window.size() == sherpa::kVadWindowSamples, "Silero takes windows of 512 samples");
      ++script_.inferences;
      double sum = 0;
      for (const float sample : window) sum += std::abs(sample);
      return sum / static_cast<double>(window.size()) > threshold_;
    }
    void reset() override { ++script_.detector_resets; }

   private:
    SherpaScript& script_;
    double threshold_;
  };

  class Whole final : public sherpa::UtteranceModel {
   public:
    explicit Whole(SherpaScript& script) : script_(script) {}
    Result<std::string> decode(std::span<const float> pcm) override {
      const Inference inference(script_);
      script_.longest_samples = std::max(script_.longest_samples.load(), pcm.size());
      if (script_.failure) return *script_.failure;
      return " <|en|>" + std::to_string(pcm.size() / 16) + " ms ";
    }

   private:
    SherpaScript& script_;
  };

  // A word for each half second.
  class Decoder final : public sherpa::StreamDecoder {
   public:
    explicit Decoder(SherpaScript& script) : script_(script) {}
    Result<std::string> accept(std::span<const float> pcm) override {
      const Inference inference(script_);
      EARSHOT_CHECK(!finished_, "no audio comes behind the end");
      if (script_.failure) return *script_.failure;
      samples_ += pcm.size();
      script_.longest_samples = samples_;
      return text();
    }
    Result<std::string> finish() override {
      finished_ = true;
      return text() + (samples_ < 8000 ? "end" : " end");
    }

   private:
    std::string text() const {
      std::string words;
      for (std::size_t i = 0; i < samples_ / 8000; ++i) words += i == 0 ? "word" : " word";
      return words;
    }
    SherpaScript& script_;
    std::size_t samples_ = 0;
    bool finished_ = false;
  };

  class Streaming final : public sherpa::StreamModel {
   public:
    explicit Streaming(SherpaScript& script) : script_(script) {}
    Result<std::unique_ptr<sherpa::StreamDecoder>> open() override {
      return std::unique_ptr<sherpa::StreamDecoder>(std::make_unique<Decoder>(script_));
    }

   private:
    SherpaScript& script_;
  };

  class Voice final : public sherpa::VoiceModel {
   public:
    explicit Voice(SherpaScript& script) : script_(script) {}
    int sample_rate_hz() const override { return 22050; }
    int speakers() const override { return script_.speakers; }
    Status speak(const std::string& /*text*/, int /*speaker*/, double /*speed*/,
                 const OnSamples& on_samples) override {
      const Inference inference(script_);
      if (script_.failure) return *script_.failure;
      for (int i = 0; i < script_.pieces; ++i) {
        script_.gate.pass();
        ++script_.pieces_made;
        const std::vector<float> piece{0.5F, -2.0F, 2.0F, std::nanf("")};
        if (!on_samples(piece)) break;
      }
      return kDone;
    }

   private:
    SherpaScript& script_;
  };

  SherpaScript& script_;
};

// ONNX of a graph without nodes, whose inputs have these names (words between spaces).
inline std::string onnx_with_inputs(std::string_view names) {
  const auto field = [](char number, const std::string& value) {
    const std::string length(1, static_cast<char>(value.size()));
    return std::string(1, static_cast<char>(number << 3 | 2)) + length + value;
  };
  std::string graph;
  std::istringstream words{std::string(names)};
  for (std::string name; words >> name;) graph += field(11, field(1, name));
  EARSHOT_CHECK(graph.size() < 128, "lengths are one byte here");
  return "\x08\x08" + field(7, graph);
}

// A model of `family` whose files all exist in `folder`, each with as little in it as passes check_files().
inline sherpa::Model model_in(const std::string& folder, const std::vector<sherpa::Family>& families,
                              std::string_view family) {
  using Kind = sherpa::FileKey::Kind;
  sherpa::Model model;
  model.family = &*std::ranges::find(families, family, &sherpa::Family::name);
  for (const sherpa::FileKey& key : model.family->files) {
    if (!key.required) continue;
    const std::string path = folder + "/" + std::string(key.name);
    std::ofstream file(path, std::ios::binary);
    file << (key.kind == Kind::kModel    ? onnx_with_inputs(key.needs)
             : key.kind == Kind::kTokens ? "a 0\n"
                                         : "x");
    model.files.emplace(key.name, path);
  }
  return model;
}

}  // namespace earshot::worker::fakes
