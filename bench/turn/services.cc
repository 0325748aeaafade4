#include "bench/turn/services.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <string_view>

#include "common/base/clock.h"
#include "common/json/json.h"
#include "tests/fakes/providers/tts_fakes.h"

namespace earshot::bench {

namespace {

using fakes::Delay;

constexpr Delay kWrongFor{200};  // kRevises
constexpr Delay kStall{1500};
constexpr Delay kThinking{2000};
constexpr Delay kThought{250};
constexpr Delay kSound{900};  // of a sentence
constexpr Delay kPiece{20};   // between pieces of 100 ms: five times as fast as they sound
constexpr int kVoiceHz = 24000;
constexpr std::size_t kPieceBytes = kVoiceHz * 2 / 10;
constexpr std::array<std::string_view, 6> kFirstSentence = {"It", " is", " ten", " past", " three", "."};
constexpr std::array<std::string_view, 5> kNextSentence = {" Have", " a", " nice", " day", "."};

// Seeded by the request's number, so that a run can be repeated.
class Waits {
 public:
  Waits(Mood mood, std::size_t number) : jitters_(mood == Mood::kJitters), random_(number) {}
  Delay operator()(Delay usual) {
    if (!jitters_) return usual;
    return Delay(std::uniform_int_distribution<std::int64_t>(0, 2 * usual.count())(random_));
  }

 private:
  bool jitters_;
  std::minstd_rand random_;
};

// Where the first voiced sample is, counted from the end of the audio.
std::optional<Milliseconds> voiced_since(std::string_view bytes) {
  Pcm pcm{.samples = std::vector<std::int16_t>(bytes.size() / 2), .sample_rate_hz = 16000};
  std::memcpy(pcm.samples.data(), bytes.data(), pcm.samples.size() * 2);
  const VoicedPart part = voiced_part(pcm);
  if (part.first == part.last) return std::nullopt;
  return Milliseconds((pcm.samples.size() - part.first) / 16);
}

std::string results(const std::string& text, bool is_final) {
  const json::object best{{"transcript", text}, {"confidence", 0.9}};
  return json::serialize(json::object{{"type", "Results"},
                                      {"start", 0},
                                      {"is_final", is_final},
                                      {"speech_final", is_final},
                                      {"channel", json::object{{"alternatives", json::array{best}}}}});
}

std::string joined(const std::vector<HeardWord>& words, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + words[i].text;
  return text;
}

// When the sound of which word had come, by the position in the audio, which begins with the first voiced sample.
class Ear {
 public:
  explicit Ear(const std::vector<HeardWord>& words) : words_(words) {}

  void take(std::string_view audio) {
    if (position_) {
      *position_ += Milliseconds(audio.size() / kBytesPerMs);
    } else {
      position_ = voiced_since(audio);
    }
    if (!position_) return;
    while (come_.size() < words_.size() && words_[come_.size()].ends <= *position_ + kCodecsDelay)
      come_.push_back(std::chrono::steady_clock::now());
  }
  // Words whose sound had come `lag` ago.
  std::size_t known(Delay lag) const {
    const SteadyTime until = std::chrono::steady_clock::now() - lag;
    return static_cast<std::size_t>(
        std::ranges::count_if(come_, [&](SteadyTime come) { return come <= until; }));
  }
  // Until the next of those that have come is known.
  Delay until_due(Delay lag) const {
    const SteadyTime now = std::chrono::steady_clock::now();
    const auto next = std::ranges::find_if(come_, [&](SteadyTime come) { return come + lag > now; });
    return next == come_.end() ? kIdle : std::chrono::ceil<Delay>(*next + lag - now);
  }

 private:
  static constexpr Delay kIdle{1000};
  static constexpr std::size_t kBytesPerMs = 32;
  static constexpr Milliseconds kCodecsDelay{20};  // Opus has 6.5 ms; voiced_part() counts 20 ms frames

  const std::vector<HeardWord>& words_;
  std::optional<Milliseconds> position_;
  std::vector<SteadyTime> come_;
};

std::string delta(const char* field, std::string_view text) {
  const json::object piece{{field, text}};
  const json::object choice{{"index", 0}, {"delta", piece}, {"finish_reason", nullptr}};
  return fakes::sse(json::serialize(json::object{
      {"id", "c1"}, {"object", "chat.completion.chunk"}, {"model", "m"}, {"choices", json::array{choice}}}));
}

}  // namespace

const char* name(Mood mood) {
  switch (mood) {
    case Mood::kSteady:
      return "steady";
    case Mood::kStalls:
      return "stall";
    case Mood::kThinks:
      return "think";
    case Mood::kJitters:
      return "jitter";
    case Mood::kRevises:
      return "revise";
  }
  return "";
}

RecogniserFake::RecogniserFake() {
  server_.on_connection([this](fakes::FakeSocket& socket) { serve(socket); });
}

void RecogniserFake::hear(std::vector<HeardWord> words, const ServicePlan& plan) {
  const std::scoped_lock lock(mutex_);
  hearing_ = {.words = std::move(words), .plan = plan};
}

RecogniserFake::Hearing RecogniserFake::hearing() const {
  const std::scoped_lock lock(mutex_);
  return hearing_;
}

void RecogniserFake::serve(fakes::FakeSocket& socket) {
  const Hearing hearing = this->hearing();
  const bool revises = hearing.plan.mood == Mood::kRevises;
  Ear ear(hearing.words);
  std::string told;
  while (true) {
    const std::optional<fakes::FakeFrame> frame = socket.receive_within(ear.until_due(hearing.plan.interim));
    if (frame && !frame->binary && frame->data.find("CloseStream") != std::string::npos) break;
    if (frame && frame->binary) ear.take(frame->data);
    const std::size_t count = ear.known(hearing.plan.interim);
    if (count == 0) continue;
    std::string text = joined(hearing.words, count);
    if (revises && ear.known(hearing.plan.interim + kWrongFor) < count) text += "s";
    if (text == told) continue;
    told = text;
    socket.send_text(results(text, false));
  }
  const std::size_t count = ear.known(Delay{0});
  socket.wait(hearing.plan.transcript);
  socket.send_text(results(joined(hearing.words, count), true));
  socket.send_text(R"({"type":"Metadata","duration":1})");
  socket.close(1000);
}

BrainAndVoiceFake::BrainAndVoiceFake() {
  http_.on("POST", "/v1/chat/completions",
           [this](const fakes::FakeRequest&, fakes::FakeAnswer& answer) { write(answer); });
  http_.on("POST", "/v1/audio/speech",
           [this](const fakes::FakeRequest&, fakes::FakeAnswer& answer) { speak(answer); });
}

void BrainAndVoiceFake::set_plan(const ServicePlan& plan) {
  const std::scoped_lock lock(mutex_);
  plan_ = plan;
}

ServicePlan BrainAndVoiceFake::plan() const {
  const std::scoped_lock lock(mutex_);
  return plan_;
}

void BrainAndVoiceFake::write(fakes::FakeAnswer& answer) {
  const ServicePlan now = plan();
  Waits wait(now.mood, ++model_requests_);
  answer.head(200, "text/event-stream");
  if (now.mood == Mood::kThinks) {
    for (Delay thought{0}; thought < kThinking; thought += kThought) {
      answer.send(delta("reasoning_content", "Hmm. "));
      answer.wait(kThought);
    }
  }
  answer.wait(wait(now.first_token));
  std::vector<std::string_view> tokens(kFirstSentence.begin(), kFirstSentence.end());
  for (std::size_t i = 1; i < now.reply_sentences; ++i)
    tokens.insert(tokens.end(), kNextSentence.begin(), kNextSentence.end());
  std::size_t sent = 0;
  for (const std::string_view token : tokens) {
    if (sent > 0) answer.wait(wait(now.token));
    answer.send(delta("content", token));
    if (++sent == 3 && now.mood == Mood::kStalls) answer.wait(kStall);
  }
  answer.send(fakes::sse(R"({"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"));
  answer.send(fakes::sse("[DONE]"));
}

void BrainAndVoiceFake::speak(fakes::FakeAnswer& answer) {
  static const std::string sound = fakes::pcm_tone(kVoiceHz, kSound);
  const ServicePlan now = plan();
  Waits wait(now.mood, ++voice_requests_);
  answer.wait(wait(now.first_audio));
  answer.head(200, "audio/pcm");
  for (std::size_t at = 0; at < sound.size(); at += kPieceBytes) {
    if (at == 3 * kPieceBytes && now.mood == Mood::kStalls) answer.wait(kStall);
    answer.send(std::string_view(sound).substr(at, kPieceBytes));
    answer.wait(wait(kPiece));
  }
}

void Services::set_plan(const ServicePlan& plan) {
  plan_ = plan;
  brain_and_voice_.set_plan(plan);
}

std::string Services::model_yaml() const {
  return "llm:\n  selected: fake\n  providers: { fake: { type: openai, model_name: m, base_url: \"" +
         brain_and_voice_.url("/v1") + "\" } }\n";
}

std::string Services::worker_yaml() const {
  return "asr:\n  selected: fake\n  providers: { fake: { type: deepgram, url: \"" + recogniser_.url() +
         "\", api_key_env: EARSHOT_BENCH_KEY } }\n" + model_yaml() +
         "tts:\n  selected: fake\n  providers: { fake: { type: openai, url: \"" +
         brain_and_voice_.url("/v1/audio/speech") + "\" } }\n";
}

}  // namespace earshot::bench
