// The one place that paces downlink audio: the ordered queue of what a device shall hear and see. Pure: time
// comes in, steps come out.
//
// A turn is start, sentences with their frames, end. `poll` gives the next step that is due:
//  - StartSpeech at once; the turn's first frame not before `start_guard` after it;
//  - frames until the lead is there, a third of a frame duration apart (a burst stops small chips); then one
//    each frame duration, by an absolute clock. The model is the device's queue: a frame plays when the one
//    before has ended. After a stall of source or host the lead is refilled as gently, and never exceeded;
//  - ShowSentence right before the sentence's first frame, so that text and sound stay together;
//  - nothing while a turn that plays is paused; the device plays the lead that it has, and falls silent;
//  - StopSpeech when the last frame has played by the model, plus the tail guard.
// A start behind the end of the turn before waits its place. A start in the middle of an unfinished turn
// replaces it: what is left of the older turn is dropped.
// Bounded as in PlayoutConfig. A turn that overflows is cut there: the rest of it is refused, so that the
// listener hears a clean end. Dropping the oldest, as for live audio, would drop what is said next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory_resource>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/live/session/playout_config.h"

namespace earshot::gateway {

enum class PlayoutVerdict {
  kQueued,
  kStale,       // of an older turn, or of one that was flushed
  kOutOfOrder,  // no start before it, or after the end
  kOverflow,
};

// What was heard of a turn so far.
struct Heard {
  TurnId turn{};
  std::uint32_t sentence = 0;       // the last one begun; 0 if none
  std::uint32_t frames_played = 0;  // by the model: whole frames
};

struct StartSpeech {
  Heard heard;
};
struct ShowSentence {
  Heard heard;
  std::string text;
};
struct SendFrame {
  std::pmr::vector<std::uint8_t> opus;
};
struct StopSpeech {
  Heard heard;
};
using PlayoutStep = std::variant<StartSpeech, ShowSentence, SendFrame, StopSpeech>;

// What has become of the newest turn that was begun or flushed.
enum class NewestSpeech {
  kNone,   // there was none
  kOpen,   // its end did not come yet
  kEnded,  // all of it came, and is still to be played
  kOver,   // it has played, or was flushed
};

struct Flushed {
  bool was_speaking = false;   // `tts stop` is due now
  std::optional<Heard> heard;  // of the turn that was cut; nullopt if there was none
  std::size_t frames_dropped = 0;
};

class Playout {
 public:
  // `memory` holds the queue and outlives it.
  explicit Playout(const PlayoutConfig& config,
                   std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  // What the worker sends.
  PlayoutVerdict speech_start(TurnId turn);
  PlayoutVerdict sentence_start(TurnId turn, std::uint32_t sentence, std::string text);
  PlayoutVerdict frame(TurnId turn, ByteView opus);
  PlayoutVerdict speech_end(TurnId turn);

  // Forgets everything of `turn` and older turns at once. What comes later for them is stale.
  Flushed flush(TurnId turn, SteadyTime now);
  Flushed flush_all(SteadyTime now);
  // Holds back what comes next of `turn`, if it is the one that plays, and lets it go on.
  void pause(TurnId turn);
  void resume(TurnId turn);
  // Its worker is gone in the middle of a sentence: of the newest turn the last one is forgotten, if nothing of it
  // was sent. One that has begun stays, as far as it came.
  void take_back_sentence();
  // Nothing more comes of the newest turn: it ends with what is there.
  void end_newest();

  // The next step that is due, in order; call until nullopt. `start_guard` counts for a turn that starts now.
  std::optional<PlayoutStep> poll(SteadyTime now, Milliseconds start_guard);
  // When poll() will have a step if nothing else happens; nullopt: never. May lie in the past.
  std::optional<SteadyTime> next_deadline() const;

  TurnId newest() const { return newest_; }
  NewestSpeech newest_speech() const;
  bool speaking() const { return speaking_.has_value(); }     // between StartSpeech and StopSpeech
  bool idle() const { return !speaking_ && items_.empty(); }  // nothing to say
  std::optional<SteadyTime> speaking_since() const;
  std::size_t queued_frames() const { return queued_frames_; }
  // Frames of replaced turns that were dropped where they stood, since the last call.
  std::size_t take_dropped_frames();

 private:
  struct StartItem {};
  struct SentenceItem {
    std::uint32_t sentence;
    std::string text;
  };
  struct FrameItem {
    std::pmr::vector<std::uint8_t> opus;
  };
  struct EndItem {};
  struct Item {
    TurnId turn;
    std::variant<StartItem, SentenceItem, FrameItem, EndItem> what;
  };
  // The turn that the device hears.
  struct Speaking {
    Heard heard;  // without frames_played, which depends on the time
    SteadyTime since{};
    Milliseconds start_guard{};
    std::uint32_t frames_sent = 0;
    SteadyTime last_sent{};
    bool paused = false;
    SteadyTime play_end{};  // when the last frame sent has ended, by the model
  };
  enum class NewestTurn { kOpen, kCut, kEnded, kFlushed };

  PlayoutVerdict admit(TurnId turn) const;
  void pop();
  std::size_t drop_front_through(TurnId turn);
  void drop_unfinished();
  Heard heard_at(SteadyTime now) const;
  SteadyTime next_frame_at() const;
  SteadyTime stop_at() const;

  PlayoutConfig config_;
  std::pmr::list<Item> items_;  // an empty one holds nothing
  std::size_t queued_frames_ = 0;
  std::size_t queued_marks_ = 0;  // starts and sentences
  std::size_t dropped_frames_ = 0;
  TurnId newest_{};  // the highest turn started or flushed
  NewestTurn newest_state_ = NewestTurn::kEnded;
  std::optional<Speaking> speaking_;
};

}  // namespace earshot::gateway
