// The voice of a conversation: sentences in; Opus packets of the downlink, tagged with turn and sentence,
// out. Shown is a sentence as it is given, spoken is its spoken form. Speech is made on a strand of the DSP pool,
// a sentence as fast as it goes: the gateway paces it. The next sentence is begun while less than kAhead of what
// was made is unplayed, so that a story of any length is heard to its end (the gateway queues 60 s a session,
// playout_config.h), an interruption throws little away, and memory is bounded. Sentences that wait are text only.
//
// Runs on: the conversation's executor, all methods and handlers;
// handlers are never called from inside a method.
// Owns: the sentences that wait, and on the strand the synthesis that goes on and the encoder.
// Lifecycle: idle -> begin(turn) -> say()... -> finish() -> on_done -> idle; cancel() at any time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "worker/speaking/downlink_encoder.h"
#include "worker/speaking/unplayed_speech.h"
#include "worker/spoken_text/spoken_form.h"
#include "worker/stages/tts.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

struct AudioOutputHandlers {
  // Before its audio.
  std::function<void(TurnId, std::uint32_t sentence, const std::string& text)> on_sentence;
  std::function<void(TurnId, std::uint32_t sentence, const Bytes& opus)> on_audio;
  // Optional: behind its last audio.
  std::function<void(TurnId, std::uint32_t sentence)> on_said;
  std::function<void(TurnId, TurnMark, SteadyTime)> on_mark;  // of the trace; once a turn each
  std::function<void(TurnId, const ProviderNote&)> on_provider;
  // Optional: how loud the turn is (its loudest 100 ms, dBFS), each time it rises, before that audio.
  std::function<void(double loudest_db)> on_level;
  // Once a turn: all was said, or what failed; sentences after a failure are not spoken.
  std::function<void(TurnId, Status)> on_done;
};

class AudioOutput : public std::enable_shared_from_this<AudioOutput> {
 public:
  // Enough for a service that takes some seconds for its next sentence, far below what the gateway holds.
  static constexpr Milliseconds kAhead{10'000};

  // kInvalid: a rate or duration that the codec does not have. `strand` must run one handler at a time.
  static Result<std::shared_ptr<AudioOutput>> create(int sample_rate_hz, int frame_duration_ms,
                                                     SoundCodec codec, Milliseconds patience,
                                                     TtsProvider& tts, SpokenForm spoken, const Clock& clock,
                                                     Executor executor, Executor strand,
                                                     AudioOutputHandlers handlers);
  ~AudioOutput();
  AudioOutput(const AudioOutput&) = delete;
  AudioOutput& operator=(const AudioOutput&) = delete;

  // Of turns that begin from now on: false: sentences are shown, and nothing is made of them.
  void speak_aloud(bool aloud) { aloud_ = aloud; }
  // Of sentences from now on, as TtsRequest has them.
  void speak_as(std::string voice, double speed) {
    voice_ = std::move(voice);
    speed_ = speed;
  }
  // Cancels what goes on. `sentences`: were said of the turn by another worker.
  void begin(TurnId turn, std::uint32_t sentences = 0);
  void feel(std::string feeling) {
    feeling_ = std::move(feeling);
  }  // of what is said from now on in this turn
  void say(std::string sentence, std::string language, SteadyTime now);  // REQUIRES: begin()
  void finish(SteadyTime now);                                           // no more sentences in this turn
  void cancel();  // no handler is called for it any more
  // As the gateway reports of the turn that goes on; others are ignored.
  void plays(TurnId turn, std::uint32_t frames_played, SteadyTime now);
  void pauses(SteadyTime now);
  void resumes(SteadyTime now);
  Milliseconds unplayed(SteadyTime now) const { return unplayed_.at(now); }  // of the latest turn
  void tick(SteadyTime now);  // begins what had to wait, gives up a synthesis that stands still
  void close();

 private:
  class Core;  // what lives on the strand

  struct Sentence {
    std::uint32_t number = 0;
    std::string text;
    std::string language;
    std::string voice = {};
    double speed = 1;
    std::string feeling = {};
  };

  AudioOutput(Milliseconds frame, Milliseconds patience, Executor executor, Executor strand,
              AudioOutputHandlers handlers);
  bool is_current(std::uint32_t epoch) const { return open_ && turn_ && epoch == epoch_; }
  void begin_next(SteadyTime now);
  void end(Status status);

  Milliseconds patience_;
  Executor executor_;
  Executor strand_;
  AudioOutputHandlers handlers_;
  std::shared_ptr<Core> core_;  // touched on the strand only
  bool open_ = true;
  bool aloud_ = true;
  std::string voice_;
  double speed_ = 1;
  std::uint32_t epoch_ = 0;  // of the latest begin() or cancel()
  std::optional<TurnId> turn_;
  std::string feeling_;
  std::uint32_t sentences_ = 0;  // given to say() in this turn
  std::uint32_t spoken_ = 0;     // of them, done
  bool finished_ = false;
  std::deque<Sentence> waiting_;  // bounded by the turn's limit of text
  bool speaks_ = false;           // a sentence is being made
  UnplayedSpeech unplayed_;
  std::optional<SteadyTime> deadline_;  // of the sentence that is being made
  SteadyTime now_{};                    // the latest time that the owner told
};

}  // namespace earshot::worker
