#include "bench/worker/fake_services.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <vector>

#include "common/audio/resampler.h"
#include "common/base/check.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/providers/asr_fakes.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::bench {

namespace {

using fakes::Delay;

constexpr int kVoiceRateHz = 24000;
constexpr std::size_t kVoiceBytes = kVoiceRateHz * 2 * 2;       // two seconds
constexpr std::size_t kPieceBytes = kVoiceRateHz * 2 * 2 / 10;  // 200 ms
constexpr Delay kFirstToken{300};
constexpr Delay kToken{15};
constexpr Delay kFirstAudio{120};
constexpr Delay kPiece{40};  // five times as fast as it is spoken, as services do
constexpr Delay kFinalTranscript{80};

// Two sentences of about two seconds, a word a token.
constexpr std::string_view kReply[] = {"It ",         "will ",   "be ",   "sunny ",   "in ",    "the ",
                                       "mountains, ", "with ",   "some ", "clouds. ", "Take ",  "a ",
                                       "warm ",       "jacket ", "and ",  "good ",    "boots ", "with ",
                                       "you ",        "for ",    "the ",  "walk."};

std::string delta(std::string_view token) {
  return fakes::sse(
      R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":")" +
      std::string(token) + R"("},"finish_reason":null}]})");
}

std::string two_seconds_of_voice() {
  const Pcm spoken = fakes::say(fakes::Speaker::kSlt, "It will be sunny in the mountains, with some clouds");
  auto pcm = resample(spoken, kVoiceRateHz);
  EARSHOT_CHECK(pcm.ok(), "speech of 16 kHz can be resampled to 24 kHz");
  std::string bytes(reinterpret_cast<const char*>(pcm->samples.data()), pcm->samples.size() * 2);
  bytes.resize(kVoiceBytes);
  return bytes;
}

}  // namespace

FakeServices::FakeServices()
    : voice_(two_seconds_of_voice()),
      asr_(fakes::make_funasr_fake()),
      http_(std::make_unique<fakes::FakeHttpServer>()) {
  asr_->set_play({.segments = {"what will the weather be like in the mountains tomorrow afternoon"},
                  .final_delay = kFinalTranscript});
  http_->on("POST", "/v1/chat/completions", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.wait(kFirstToken);
    answer.head(200, "text/event-stream");
    for (const std::string_view token : kReply) {
      answer.send(delta(token));
      answer.wait(kToken);
    }
    answer.send(fakes::sse(
        R"({"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"));
    answer.send(fakes::sse("[DONE]"));
  });
  http_->on("POST", "/v1/audio/speech", [this](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.wait(kFirstAudio);
    answer.head(200, "audio/pcm");
    for (std::size_t at = 0; at < voice_.size(); at += kPieceBytes) {
      answer.send(std::string_view(voice_).substr(at, kPieceBytes));
      answer.wait(kPiece);
    }
  });
}

FakeServices::~FakeServices() {
  http_.reset();  // its scripts use the voice
}

Pcm FakeServices::voice() const {
  Pcm pcm{.samples = std::vector<std::int16_t>(voice_.size() / 2), .sample_rate_hz = kVoiceRateHz};
  std::memcpy(pcm.samples.data(), voice_.data(), pcm.samples.size() * 2);
  return pcm;
}

std::string FakeServices::worker_config(int conversations) const {
  return "capacity: " + std::to_string(conversations) +
         "\nthreads: 1\nlog: {level: warn}\n"
         "asr:\n  selected: bench\n  providers:\n    bench: {type: funasr, url: \"" +
         asr_->server().url() +
         "\", dialect: cpp-2pass}\n"
         "llm:\n  selected: bench\n  providers:\n    bench: {type: openai, base_url: \"" +
         http_->url("/v1") +
         "\", model_name: m}\n"
         "tts:\n  selected: bench\n  providers:\n    bench: {type: openai, url: \"" +
         http_->url("/v1/audio/speech") +
         "\", model: m, voice: v, response_format: pcm, sample_rate_hz: 24000}\n";
}

}  // namespace earshot::bench
