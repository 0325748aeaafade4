// Cuts utterances out of a stream of speech / no-speech decisions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/clock.h"

namespace earshot::worker {

struct EndpointerConfig {
  Milliseconds onset{100};             // this much speech ...
  Milliseconds onset_window{200};      // ... within the last so much begins an utterance
  Milliseconds trailing_silence{600};  // so much silence ends it
  // So much silence that was heard is a pause, told once: the reply may be prepared. 0, or not below
  // trailing_silence: never.
  Milliseconds speculation_pause{120};
  // A gap right behind speech is a stall of the network and not DTX, which begins only after 200 ms of
  // silence that are still sent (libopus, NB_SPEECH_FRAMES_BEFORE_DTX):
  // wait longer before the utterance is given up.
  Milliseconds stall_patience{1500};
  Milliseconds min_speech{160};  // an utterance with less speech in it was a click or a cough
  // Automatic mode: an utterance as long as that ends at its next pause of max_pause instead of after
  // trailing_silence, so that nobody is cut in the middle of a word; without any pause, after max_overrun more.
  Milliseconds max_utterance{15000};
  Milliseconds max_pause{300};
  Milliseconds max_overrun{60000};
  // Push-to-talk: as long as the key is held. The bound is for a key that is stuck.
  Milliseconds max_held{120000};
  Milliseconds no_speech{10000};  // nothing said for so long
};

// What a recogniser must be able to take, whatever the mode.
inline Milliseconds longest_utterance(const EndpointerConfig& config) {
  return std::max(config.max_held, config.max_utterance + config.max_overrun);
}

enum class Endpoint : std::uint8_t {
  kNone,
  kSpeechStarted,  // the utterance began before this frame: hand over what the caller kept (pre_roll())
  kPaused,         // a pause in the utterance: it may be its end
  kResumed,        // after kPaused: it was not
  kSpeechEnded,    // decide on what was said
  kTooShort,       // it was no speech after all: forget it
  kNoSpeech,       // nothing was said; given once
};

// Pure. One frame is kVadFrameMs. The device may send nothing, or packets of 1-3 bytes, while it is silent,
// and its sequence numbers do not show it (traps 23, 24), so gaps are measured by arrival time and count as
// silence. Once it is silent for a breath, speech goes on with 60 ms within 100 ms: a click or a smack of the
// lips neither keeps the turn open nor ends a pause; the shortest words ("yes", "and", 好) have more.
// Lifecycle: idle -> begin() -> waiting -> speaking -> (an end) -> idle. Idle ignores all input.
class Endpointer {
 public:
  enum class Mode : std::uint8_t {
    kAutomatic,  // silence ends the utterance
    kManual,     // only finish() and max_held do: push-to-talk
  };

  explicit Endpointer(const EndpointerConfig& config);

  void begin(Mode mode, SteadyTime now);  // from any state
  Endpoint on_frame(bool speech, SteadyTime arrival);
  Endpoint on_time(SteadyTime now);  // nothing arrived: call at deadline()
  Endpoint finish();                 // RETURNS: kSpeechEnded, kTooShort or kNoSpeech; kNone when idle
  void stop();
  // REQUIRES: as in EndpointerConfig: at least a frame, and it fits its window. From now on.
  void set_onset(Milliseconds onset, Milliseconds window);
  // From now on; EndpointerConfig::trailing_silence until then.
  void set_trailing_silence(Milliseconds silence) { config_.trailing_silence = silence; }
  // From now on; EndpointerConfig::speculation_pause until then.
  void set_speculation_pause(Milliseconds pause) { config_.speculation_pause = pause; }
  // RETURNS: true: the silence so far is such a pause by now; as kPaused would have told with the next frame.
  bool pause_now();
  // How long the pause was that speech has just ended; once. Not in manual mode, where pauses end nothing.
  std::optional<Milliseconds> take_pause() { return std::exchange(ended_pause_, std::nullopt); }

  // When on_time() would say something if no frame came before.
  std::optional<SteadyTime> deadline() const;
  bool speaking() const { return state_ == State::kSpeaking; }
  SteadyTime speech_ended_at() const { return spoken_until_; }  // arrival of the last speech; begin() if none
  bool idle() const { return state_ == State::kIdle; }
  // Whether the latest end was that of max_held or max_overrun: the user may still have been speaking.
  bool cut() const { return cut_; }
  // The caller keeps so much of the latest audio while waiting; it is the head of the utterance.
  Milliseconds pre_roll() const;

 private:
  enum class State : std::uint8_t { kIdle, kWaiting, kSpeaking };

  Endpoint pass(Milliseconds silence);  // without audio
  Endpoint hear_silence_or_speech(bool speech, SteadyTime arrival);
  Endpoint judge();
  Endpoint end(Endpoint why);
  void add_to_window(bool speech);
  bool goes_on() const;
  bool may_pause() const;
  Milliseconds patience() const;
  Milliseconds longest() const;

  EndpointerConfig config_;
  State state_ = State::kIdle;
  Mode mode_ = Mode::kAutomatic;
  std::uint64_t window_ = 0;       // latest frame in bit 0: 1 is speech
  SteadyTime heard_until_;         // arrival up to which time is accounted for
  Milliseconds waited_{0};         // since begin()
  Milliseconds utterance_{0};      // since speech started, silence included
  Milliseconds speech_{0};         // of it, speech
  Milliseconds silence_{0};        // since the last speech
  Milliseconds heard_silence_{0};  // of it, silence that was sent and heard
  SteadyTime spoken_until_;        // arrival of the last speech
  bool paused_ = false;            // kPaused was said, kResumed not
  bool cut_ = false;
  std::optional<Milliseconds> ended_pause_;
};

}  // namespace earshot::worker
