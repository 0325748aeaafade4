// The one place that paces downlink audio: the ordered queue of what a device shall hear and see. Pure: time
// comes in, steps come out.
//
// A turn is start, sentences with their frames, end. `poll` gives the next step that is due:
//  - StartSpeech at once; the turn's first frame not before `start_guard` after it;
//  - then frames up to the lead, a third of a frame duration apart (a burst stops small chips), then one each
//  frame
//    duration by an absolute clock. The model is the device's queue: a frame plays when the one before has
//    ended. If the source or the host stalls, the lead is refilled at the same gentle rate and never
//    exceeded;
//  - ShowSentence right before the sentence's first frame, so that text and sound stay together;
//  - StopSpeech when the last frame has played by the model, plus the tail guard.
// A start behind the end of the turn before waits its place. A start in the middle of an unfinished turn
// replaces it: what is left of the older turn is dropped.
// Bounded: frames and sentences as in PlayoutConfig. A turn that overflows is cut there: the rest of it is
// refused, so that the listener hears a clean end instead of holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/session/playout_config.h"

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
  Bytes opus;
};
struct StopSpeech {
  Heard heard;
};
using PlayoutStep = std::variant<StartSpeech, ShowSentence, SendFrame, StopSpeech>;

struct Flushed {
  bool was_speaking = false;   // `tts stop` is due now
  std::optional<Heard> heard;  // of the turn that was cut; nullopt if none was begun
  std::size_t frames_dropped = 0;
};

class Playout {
 public:
  explicit Playout(const PlayoutConfig& config);

  // What the worker sends.
  PlayoutVerdict speech_start(TurnId turn);
  PlayoutVerdict sentence_start(TurnId turn, std::uint32_t sentence, std::string text);
  PlayoutVerdict frame(TurnId turn, ByteView opus);
  PlayoutVerdict speech_end(TurnId turn);

  // Forgets everything of `turn` and older turns at once. What comes later for them is stale.
  Flushed flush(TurnId turn, SteadyTime now);
  Flushed flush_all(SteadyTime now);

  // The next step that is due, in order; call until nullopt.
  std::optional<PlayoutStep> poll(SteadyTime now, Milliseconds start_guard);
  // When poll() will have a step if nothing else happens; nullopt: never. May lie in the past.
  std::optional<SteadyTime> next_deadline(Milliseconds start_guard) const;

  bool speaking() const { return speaking_.has_value(); }     // between StartSpeech and StopSpeech
  bool idle() const { return !speaking_ && items_.empty(); }  // nothing to say
  std::size_t queued_frames() const { return queued_frames_; }
  std::size_t dropped_frames() const { return dropped_frames_; }  // dropped where they stood, all turns
  std::optional<SteadyTime> speaking_since() const;

 private:
  struct StartItem {};
  struct SentenceItem {
    std::uint32_t sentence;
    std::string text;
  };
  struct FrameItem {
    Bytes opus;
  };
  struct EndItem {};
  struct Item {
    TurnId turn;
    std::variant<StartItem, SentenceItem, FrameItem, EndItem> what;
  };
  // The turn that the device hears.
  struct Speaking {
    Heard heard;
    SteadyTime since{};
    std::uint32_t frames_sent = 0;
    SteadyTime last_sent{};
    SteadyTime play_end{};  // when the last frame sent has ended, by the model
  };

  PlayoutVerdict accepts(TurnId turn) const;
  std::size_t drop_until(TurnId turn);
  Heard heard_at(SteadyTime now) const;
  SteadyTime next_frame_at(Milliseconds start_guard) const;
  SteadyTime stop_at() const;
  std::optional<SteadyTime> head_due(Milliseconds start_guard) const;

  PlayoutConfig config_;
  std::deque<Item> items_;
  std::size_t queued_frames_ = 0;
  std::size_t queued_sentences_ = 0;
  std::size_t dropped_frames_ = 0;
  TurnId newest_{};  // the highest turn started
  bool newest_ended_ = true;
  bool newest_cut_ = false;  // overflowed
  std::optional<Speaking> speaking_;
};

}  // namespace earshot::gateway
