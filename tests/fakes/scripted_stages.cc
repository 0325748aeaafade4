#include "tests/fakes/scripted_stages.h"

#include <cstdlib>
#include <utility>

namespace earshot::fakes {

namespace {

constexpr int kTtsRateHz = 16000;

class LoudnessVad final : public worker::Vad {
 public:
  bool is_speech(std::span<const std::int16_t> frame) override {
    long sum = 0;
    for (const std::int16_t sample : frame) sum += std::abs(sample);
    return sum / static_cast<long>(frame.size()) > 500;
  }
  void reset() override {}
};

// Ends the callbacks of the stages' streams: what is posted looks here first.
using Alive = std::shared_ptr<bool>;

class BrainStream final : public worker::LlmStream {
 public:
  explicit BrainStream(Alive alive) : alive_(std::move(alive)) {}
  BrainStream(const BrainStream&) = delete;
  BrainStream& operator=(const BrainStream&) = delete;
  ~BrainStream() override { *alive_ = false; }
  void cancel() override { *alive_ = false; }

 private:
  Alive alive_;
};

class SpeechStream final : public worker::TtsStream {
 public:
  explicit SpeechStream(Alive alive) : alive_(std::move(alive)) {}
  SpeechStream(const SpeechStream&) = delete;
  SpeechStream& operator=(const SpeechStream&) = delete;
  ~SpeechStream() override { *alive_ = false; }
  void cancel() override { *alive_ = false; }

 private:
  Alive alive_;
};

}  // namespace

std::unique_ptr<worker::Vad> LoudnessVadProvider::create() {
  return std::make_unique<LoudnessVad>();
}

class ScriptedAsr::Stream final : public worker::AsrStream {
 public:
  Stream(ScriptedAsr& asr, Executor executor, worker::AsrCallbacks callbacks)
      : asr_(asr), executor_(std::move(executor)), callbacks_(std::move(callbacks)) {
    asr_.show_ = [alive = alive_, where = executor_,
                  on_interim = callbacks_.on_interim](const std::string& words) {
      asio::post(where, [alive, on_interim, words] {
        if (*alive && on_interim) on_interim(words);
      });
    };
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() override { *alive_ = false; }

  void write(std::span<const std::int16_t> pcm) override { asr_.samples_ += pcm.size(); }
  void pause() override { ++asr_.pauses_; }
  void resume() override { ++asr_.resumptions_; }
  void cancel() override { *alive_ = false; }
  void finish() override {
    Result<worker::Transcript> result = worker::Transcript{.text = "hello"};
    if (!asr_.results_.empty()) {
      result = std::move(asr_.results_.front());
      asr_.results_.pop_front();
    }
    auto tell = [alive = alive_, executor = executor_, on_final = callbacks_.on_final,
                 result = std::move(result)] {
      asio::post(executor, [alive, on_final, result] {
        if (*alive) on_final(result);
      });
    };
    if (asr_.holding_) {
      asr_.held_.push_back(std::move(tell));
    } else {
      tell();
    }
  }

 private:
  ScriptedAsr& asr_;
  Executor executor_;
  worker::AsrCallbacks callbacks_;
  Alive alive_ = std::make_shared<bool>(true);
};

std::unique_ptr<worker::AsrStream> ScriptedAsr::open(const worker::AsrRequest& request, Executor executor,
                                                     worker::AsrCallbacks callbacks) {
  ++opened_;
  samples_ = 0;
  languages_.push_back(request.language);
  return std::make_unique<Stream>(*this, std::move(executor), std::move(callbacks));
}

void ScriptedAsr::shows(const std::string& words) {
  show_(words);
}

void ScriptedAsr::release_results() {
  holding_ = false;
  for (const auto& tell : std::exchange(held_, {})) tell();
}

std::unique_ptr<worker::LlmStream> ScriptedBrain::chat(worker::LlmRequest request, Executor executor,
                                                       worker::LlmCallbacks callbacks) {
  requests_.push_back(std::move(request));
  const Alive alive = std::make_shared<bool>(true);
  Answer answer = script_(requests_.back());
  tell_ = [alive, executor, callbacks](const std::function<void(const worker::LlmCallbacks&)>& what) {
    asio::post(executor, [alive, callbacks, what] {
      if (*alive) what(callbacks);
    });
  };
  if (!answer.hangs) {
    asio::post(executor, [alive, answer = std::move(answer), callbacks = std::move(callbacks)] {
      if (*alive && !answer.emotion.empty() && callbacks.on_emotion) callbacks.on_emotion(answer.emotion);
      for (const std::string& delta : answer.deltas) {
        if (*alive) callbacks.on_text(delta);
      }
      for (const worker::ToolCall& call : answer.calls) {
        if (*alive && callbacks.on_tool_call) callbacks.on_tool_call(call);
      }
      if (*alive) callbacks.on_done(answer.status);
    });
  }
  return std::make_unique<BrainStream>(alive);
}

void ScriptedBrain::write(const std::string& delta) {
  tell_([delta](const worker::LlmCallbacks& callbacks) { callbacks.on_text(delta); });
}

void ScriptedBrain::live() {
  tell_([](const worker::LlmCallbacks& callbacks) {
    if (callbacks.on_alive) callbacks.on_alive();
  });
}

std::unique_ptr<worker::TtsStream> ScriptedTts::synthesize(const worker::TtsRequest& request,
                                                           Executor executor,
                                                           worker::TtsCallbacks callbacks) {
  requests_.push_back(request);
  const Alive alive = std::make_shared<bool>(true);
  if (behaviour_ != Behaviour::kHangs) {
    const bool fails = behaviour_ == Behaviour::kFails || requests_.size() > fails_after_;
    asio::post(executor,
               [alive, callbacks = std::move(callbacks), fails, length = length_, amplitude = amplitude_] {
                 if (!*alive) return;
                 if (fails) return callbacks.on_done(Error{ErrorCode::kInternal, "scripted"});
                 Pcm pcm;
                 pcm.sample_rate_hz = kTtsRateHz;
                 pcm.samples.assign(static_cast<std::size_t>(length.count() * kTtsRateHz / 1000), amplitude);
                 callbacks.on_audio(std::move(pcm));
                 if (*alive) callbacks.on_done(kDone);
               });
  }
  return std::make_unique<SpeechStream>(alive);
}

}  // namespace earshot::fakes
