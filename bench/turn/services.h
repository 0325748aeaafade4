// The three services of the bench on loopback, with threads of their own: a recogniser that hears word by
// word, a model that writes 30 tokens a second, a voice. Each can be odd.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "bench/turn/spoken_script.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/fake_ws_server.h"

namespace earshot::bench {

// How services differ from the ideal ones.
enum class Mood : std::uint8_t {
  kSteady,
  kStalls,   // model: 1.5 s of nothing behind its third token; voice: the same behind 300 ms of sound
  kThinks,   // model: two seconds of `reasoning_content`, a piece each 250 ms, before the first token
  kJitters,  // each wait is between nothing and twice its length (seeded)
  kRevises,  // recogniser: each new word is wrong at first, for 200 ms
};
const char* name(Mood mood);

struct ServicePlan {
  Mood mood = Mood::kSteady;
  fakes::Delay interim{80};     // from the end of a word until it is told
  fakes::Delay transcript{80};  // behind the end of the audio
  fakes::Delay first_token{300};
  fakes::Delay token{33};
  fakes::Delay first_audio{120};
  std::size_t reply_sentences = 2;
};

// Deepgram's frames (provider-protocol 3): a connection an utterance. Its clock starts with the first voiced
// sample that comes; a word is told `interim` after its end, and all that were said when the audio ends.
class RecogniserFake {
 public:
  RecogniserFake();
  // For utterances that begin from now on.
  void hear(std::vector<HeardWord> words, const ServicePlan& plan);
  std::string url() const { return server_.url("/v1/listen"); }

 private:
  struct Hearing {
    std::vector<HeardWord> words;
    ServicePlan plan;
  };
  void serve(fakes::FakeSocket& socket);
  Hearing hearing() const;

  mutable std::mutex mutex_;
  Hearing hearing_;
  fakes::FakeWsServer server_;  // last: its threads use what is above
};

// chat/completions and audio/speech on one server.
class BrainAndVoiceFake {
 public:
  BrainAndVoiceFake();
  void set_plan(const ServicePlan& plan);
  std::string url(const std::string& path) const { return http_.url(path); }
  std::size_t model_requests() const { return model_requests_; }
  std::size_t voice_requests() const { return voice_requests_; }

 private:
  ServicePlan plan() const;
  void write(fakes::FakeAnswer& answer);
  void speak(fakes::FakeAnswer& answer);

  mutable std::mutex mutex_;
  ServicePlan plan_;
  std::atomic<std::size_t> model_requests_{0};
  std::atomic<std::size_t> voice_requests_{0};
  fakes::FakeHttpServer http_;  // last: its threads use what is above
};

class Services {
 public:
  void set_plan(const ServicePlan& plan);
  void hear(const SpokenScript& script) { recogniser_.hear(script.words, plan_); }
  std::size_t model_requests() const { return brain_and_voice_.model_requests(); }
  std::size_t voice_requests() const { return brain_and_voice_.voice_requests(); }
  std::string worker_yaml() const;  // the asr, llm and tts sections
  std::string model_yaml() const;   // the llm section alone: the worker's own ears and voice

 private:
  ServicePlan plan_;
  RecogniserFake recogniser_;
  BrainAndVoiceFake brain_and_voice_;
};

}  // namespace earshot::bench
