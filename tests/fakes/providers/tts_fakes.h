// Speech services that play their documented frame order (provider-protocol 11.5, 11.9, 11.10, 11.11),
// healthy or with a fault. Each speaks a tone of `length` for every sentence. For tests and benches; loopback
// only.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/fake_ws_server.h"

namespace earshot::fakes {

enum class SpeechFault {
  kNone,
  kUnauthorized,  // 401, or 403 at the upgrade, with the service's error body
  kServerError,   // 500
  kErrorBody,     // the service's own error after a good start (HTTP: status 200)
  kSilent,        // nothing ever comes
  kStall,         // half of the sound, then nothing
  kBreak,         // half of the sound, then the connection is reset
  kGarbage,       // bytes that are no frame of the protocol
  kEmpty,         // an end without sound
};

struct SpeechPlan {
  int refusals = 0;  // so many sentences (WebSocket: connections) are refused with 429 first
  SpeechFault fault = SpeechFault::kNone;
  Delay first_byte{0};             // from the text to the first sound
  Delay between{0};                // between two pieces
  Delay length{200};               // of the sound
  std::size_t piece_bytes = 3201;  // odd: samples are cut in two
};

// 1 kHz at half scale.
std::string pcm_tone(int sample_rate_hz, Delay length);
std::string wav_tone(int sample_rate_hz, Delay length, std::uint32_t claimed_bytes);
std::string mp3_tone(Delay length);  // 24 kHz mono, 48 kbit/s: what Edge sends; whole frames of 24 ms

// What every fake can do. Safe from any thread.
class SpeechFake {
 public:
  virtual ~SpeechFake() = default;
  virtual void plan(SpeechPlan plan);
  SpeechPlan plan() const;
  std::vector<std::string> texts() const;     // that arrived, in order
  std::vector<std::string> problems() const;  // broken rules of the protocol: a test wants none

 protected:
  void heard(std::string text);
  void problem(std::string what);
  bool is_refused();  // takes one of the plan's refusals

 private:
  mutable std::mutex mutex_;
  SpeechPlan plan_;
  std::vector<std::string> texts_;
  std::vector<std::string> problems_;
};

// POST of JSON with the text in `input` (OpenAI) or `text` (GPT-SoVITS); the body given is the sound.
class HttpSpeechFake : public SpeechFake {
 public:
  explicit HttpSpeechFake(std::string path);
  std::string url() const { return server_.url(path_); }
  using SpeechFake::plan;
  void plan(SpeechPlan plan) override;
  void answer_with(std::string content_type, std::string body);
  int most_at_once() const { return most_; }

 private:
  void serve(const FakeRequest& request, FakeAnswer& answer);

  std::string path_;
  std::mutex body_mutex_;
  std::string content_type_ = "audio/pcm";
  std::string body_ = pcm_tone(24000, Delay(200));
  std::atomic<int> now_{0};
  std::atomic<int> most_{0};
  FakeHttpServer server_;  // last: its threads use what is above
};

class WsSpeechFake : public SpeechFake {
 public:
  std::string url() const { return server_.url(path_); }
  std::size_t connections() const { return server_.upgrades().size(); }  // shows whether a client keeps them

 protected:
  WsSpeechFake(std::string path, FakeWsServer::Script talk);
  virtual std::optional<FakeWsServer::Refusal> admit(const FakeRequest&) { return std::nullopt; }
  // The sound in pieces, with the plan's fault.
  template <class Send>
  void send_sound(FakeSocket& socket, const std::string& sound, Send&& send);

 private:
  std::string path_;
  FakeWsServer server_;  // last: its threads use what is above
};

class EdgeFake : public WsSpeechFake {
 public:
  // `clock_ahead`: of the service, in seconds: a client of the true time is refused with the service's Date.
  explicit EdgeFake(std::int64_t clock_ahead = 0);

 private:
  std::optional<FakeWsServer::Refusal> admit(const FakeRequest& request) override;
  void talk(FakeSocket& socket);
  std::int64_t clock_ahead_;
};

class DashScopeSpeechFake : public WsSpeechFake {
 public:
  DashScopeSpeechFake();

 private:
  void talk(FakeSocket& socket);
};

class VolcengineSpeechFake : public WsSpeechFake {
 public:
  VolcengineSpeechFake();

 private:
  void talk(FakeSocket& socket);
};

class ElevenLabsFake : public WsSpeechFake {
 public:
  ElevenLabsFake();

 private:
  void talk(FakeSocket& socket);
};

}  // namespace earshot::fakes
