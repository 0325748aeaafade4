#include "tests/simulation/stages.h"

#include <cstdlib>
#include <utility>

#include "tests/simulation/tones.h"

namespace earshot::simulation {

namespace {

constexpr int kVoiceRateHz = 24000;
constexpr int kPieceMs = 100;
constexpr int kLeastQuestionMs = 120;  // less of a tone is the end of another's
constexpr auto kBeyondPatience = std::chrono::seconds(12);

using Alive = std::shared_ptr<bool>;

Error scripted_failure() {
  return {ErrorCode::kUnavailable, "scripted"};
}

// Ends the callbacks of a stream: what comes later looks here first.
template <class Stream>
class Cancellable final : public Stream {
 public:
  explicit Cancellable(Alive alive) : alive_(std::move(alive)) {}
  Cancellable(const Cancellable&) = delete;
  Cancellable& operator=(const Cancellable&) = delete;
  ~Cancellable() override { *alive_ = false; }
  void cancel() override { *alive_ = false; }

 private:
  Alive alive_;
};

Milliseconds usual_wait(Chance& chance, const ServiceFaults& faults, int least_ms, int most_ms) {
  return chance.hits(faults.slow) ? chance.wait(2000, 5000) : chance.wait(least_ms, most_ms);
}

void later(Timeline& timeline, Microseconds wait, Executor executor, Alive alive,
           std::function<void()> task) {
  timeline.after(wait, [executor = std::move(executor), alive = std::move(alive), task = std::move(task)] {
    asio::post(executor, [alive, task] {
      if (*alive) task();
    });
  });
}

}  // namespace

std::optional<int> number_in(const std::string& text) {
  for (const char* word : {"uestion ", "nswer "}) {
    const std::size_t at = text.rfind(word);
    if (at == std::string::npos) continue;
    return std::atoi(text.c_str() + at + std::string_view(word).size());
  }
  return std::nullopt;
}

class SimulatedAsr::Stream final : public worker::AsrStream {
 public:
  Stream(SimulatedAsr& asr, Executor executor, worker::AsrCallbacks callbacks)
      : asr_(asr), executor_(std::move(executor)), callbacks_(std::move(callbacks)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() override { *alive_ = false; }

  void write(std::span<const std::int16_t> pcm) override { meter_.hear(pcm, 16000); }
  void pause() override {
    if (!callbacks_.on_interim) return;
    tell_after(asr_.chance_.wait(20, 300),
               [on_interim = callbacks_.on_interim, text = words()] { on_interim(text); });
  }
  void cancel() override { *alive_ = false; }
  void finish() override {
    Result<worker::Transcript> result = worker::Transcript{.text = words()};
    if (asr_.chance_.hits(asr_.faults_.asr_fails)) result = scripted_failure();
    if (asr_.chance_.hits(asr_.faults_.asr_rejects))
      result = worker::Transcript{.text = "", .understood = false};
    Milliseconds wait = usual_wait(asr_.chance_, asr_.faults_, 5, 500);
    if (asr_.chance_.hits(asr_.faults_.asr_is_late)) wait = kBeyondPatience;
    tell_after(wait, [on_final = callbacks_.on_final, result] { on_final(result); });
  }

 private:
  std::string words() const {
    std::string text;
    for (const int tone : meter_.tones(kLeastQuestionMs))
      text += (text.empty() ? "question " : " and question ") + std::to_string(tone);
    return text;
  }
  void tell_after(Microseconds wait, std::function<void()> what) {
    later(asr_.timeline_, wait, executor_, alive_, std::move(what));
  }

  SimulatedAsr& asr_;
  Executor executor_;
  worker::AsrCallbacks callbacks_;
  ToneMeter meter_;
  Alive alive_ = std::make_shared<bool>(true);
};

std::unique_ptr<worker::AsrStream> SimulatedAsr::open(const worker::AsrRequest&, Executor executor,
                                                      worker::AsrCallbacks callbacks) {
  return std::make_unique<Stream>(*this, std::move(executor), std::move(callbacks));
}

std::unique_ptr<worker::LlmStream> SimulatedBrain::chat(worker::LlmRequest request, Executor executor,
                                                        worker::LlmCallbacks callbacks) {
  asked_(request);
  const Alive alive = std::make_shared<bool>(true);
  auto stream = std::make_unique<Cancellable<worker::LlmStream>>(alive);
  if (chance_.hits(faults_.llm_hangs)) return stream;
  Microseconds at = usual_wait(chance_, faults_, 30, 800);
  const auto tell = [&](std::function<void()> what) {
    later(timeline_, at, executor, alive, std::move(what));
  };
  if (chance_.hits(faults_.llm_fails)) {
    tell([callbacks] { callbacks.on_done(scripted_failure()); });
    return stream;
  }
  const bool after_tool = request.dialogue.back().role == worker::Message::Role::kTool;
  if (!after_tool && request.understood && chance_.hits(faults_.llm_calls_tool)) {
    for (const worker::ToolSpec& tool : request.tools) {
      if (tool.name != "self.audio_speaker.set_volume") continue;
      const int nth = chance_.count();  // of all workers
      const worker::ToolCall call{.id = "call" + std::to_string(nth),
                                  .name = tool.name,
                                  .arguments = R"({"volume":)" + std::to_string(nth % 101) + "}"};
      tell([callbacks, call] {
        callbacks.on_tool_call(call);
        callbacks.on_done(kDone);
      });
      return stream;
    }
  }
  std::optional<int> number;
  for (const worker::Message& message : request.dialogue) {
    if (message.role == worker::Message::Role::kUser) number = number_in(message.text);
  }
  const int sentences = request.understood && number ? chance_.between(1, 4) : 1;
  const bool breaks_off = sentences > 1 && chance_.hits(faults_.llm_breaks_off);
  for (int i = 1; i <= sentences; ++i) {
    const std::string sentence = number && request.understood
                                     ? "Answer " + std::to_string(*number) + " has a part " +
                                           std::to_string(i) + ", which is long enough to be said by itself. "
                                     : "Excuse me please. ";
    for (std::size_t from = 0; from < sentence.size(); from += 6) {
      tell([callbacks, piece = sentence.substr(from, 6)] { callbacks.on_text(piece); });
      at += chance_.wait(2, 40);
    }
    if (breaks_off) {
      tell([callbacks] { callbacks.on_done(scripted_failure()); });
      return stream;
    }
  }
  tell([callbacks] { callbacks.on_done(kDone); });
  return stream;
}

std::unique_ptr<worker::TtsStream> SimulatedTts::synthesize(const worker::TtsRequest& request,
                                                            Executor executor,
                                                            worker::TtsCallbacks callbacks) {
  const Alive alive = std::make_shared<bool>(true);
  auto stream = std::make_unique<Cancellable<worker::TtsStream>>(alive);
  if (chance_.hits(faults_.tts_hangs)) return stream;
  Microseconds at = usual_wait(chance_, faults_, 20, 400);
  const bool fails = chance_.hits(faults_.tts_fails);
  const int pieces = fails ? 0 : chance_.between(4, 14);
  const int tone = number_in(request.text).value_or(0) % kTones;
  for (int i = 0; i < pieces; ++i) {
    later(timeline_, at, executor, alive, [callbacks, tone] {
      callbacks.on_audio(
          Pcm{.samples = tone_sound(tone, kVoiceRateHz, kPieceMs), .sample_rate_hz = kVoiceRateHz});
    });
    at += chance_.wait(5, 60);
  }
  later(timeline_, at, executor, alive,
        [callbacks, fails] { callbacks.on_done(fails ? Status(scripted_failure()) : kDone); });
  return stream;
}

}  // namespace earshot::simulation
