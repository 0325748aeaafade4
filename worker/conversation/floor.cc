#include "worker/conversation/floor.h"

#include <utility>

#include "common/base/check.h"

namespace earshot::worker {

Floor::Floor(const FloorRules& rules, const FloorMemory& memory)
    : rules_(rules), mode_(memory.mode), nags_(memory.nags) {
  if (memory.key_held) {
    ear_ = memory.hears ? Ear::kKeyDown : Ear::kKeyFull;
  } else if (memory.hears) {
    ear_ = Ear::kOpen;
  }
}

void Floor::listen_started(ListenMode mode) {
  EARSHOT_CHECK(!has_reply(), "the device listens: its reply has ended");
  mode_ = mode;
  ear_ = manual() ? Ear::kKeyDown : Ear::kOpen;
  user_speaks_ = false;
  deciding_since_.reset();
  spoke_over_.reset();
  listen_due_.reset();
}

bool Floor::listen_stopped(SteadyTime now) {
  const bool heard = hears();
  ear_ = Ear::kShut;
  if (deciding_since_) deciding_since_ = now;  // nobody has waited while the key was held
  return heard;
}

bool Floor::aborted() {
  EARSHOT_CHECK(!has_reply(), "what was aborted has ended");
  deciding_since_.reset();
  if (mode_ == ListenMode::kRealtime) return false;  // its microphone stays on
  shut();
  return true;
}

Floor::AtSpeech Floor::user_speaks(UtteranceId id, SteadyTime now) {
  user_speaks_ = true;
  last_life_ = now;
  if (manual() || parting_) return AtSpeech::kNothing;
  spoke_over_ = id;
  return has_reply() ? hold_up(id) : AtSpeech::kNothing;
}

Floor::AtEnd Floor::utterance_ended(UtteranceId id, bool spoken, SteadyTime now) {
  user_speaks_ = false;
  if (spoken) {
    last_life_ = now;
    deciding_since_ = now;
    if (manual()) shut();  // auto goes on hearing until the reply begins: the device sends as long
    return AtEnd::kDecide;
  }
  if (held_up_by(id)) return AtEnd::kGoOn;
  if (!manual()) return AtEnd::kWait;
  shut();
  return AtEnd::kHeardNothing;
}

Floor::AtTranscript Floor::transcript(UtteranceId id, bool words) {
  // Nothing may be said before `listen stop` (device-protocol 6.3): the utterance was too long for one.
  if (key_held()) return AtTranscript::kKeep;
  // A recogniser that took its time over an earlier one: its answer would end that to what was said since.
  if (answered_ && id < *answered_) return AtTranscript::kIgnore;
  const AtTranscript at = judge_transcript(id, words);
  if (words && (at == AtTranscript::kAnswer || at == AtTranscript::kEndReply)) answered_ = id;
  return at;
}

Floor::AtTranscript Floor::judge_transcript(UtteranceId id, bool words) {
  deciding_since_.reset();
  if (!has_reply()) return AtTranscript::kAnswer;
  // In realtime the device hears itself: what did not interrupt it was no speech of a user.
  // One that did may have been followed by another before its words came.
  const bool spoke_over = spoke_over_ && id <= *spoke_over_;
  if (!manual() && !spoke_over) return AtTranscript::kIgnore;
  if (!held_up()) return AtTranscript::kAnswer;
  if (words) return AtTranscript::kEndReply;
  return held_up_by(id) ? AtTranscript::kGoOn : AtTranscript::kForget;
}

bool Floor::recogniser_is_late(SteadyTime now) {
  if (!deciding_since_ || key_held() || now - *deciding_since_ < rules_.asr_patience) return false;
  deciding_since_.reset();
  return true;
}

bool Floor::listen_on() {
  if (manual()) return false;
  ear_ = Ear::kOpen;
  return true;
}

bool Floor::may_nag() {
  const int limit = mode_ == ListenMode::kRealtime ? 1 : rules_.nag_limit;
  if (!manual() && nags_ >= limit) return false;
  ++nags_;
  return true;
}

bool Floor::turn_began(TurnId turn) {
  EARSHOT_CHECK(!has_reply(), "one reply at a time");
  reply_ = Reply::kThinking;
  turn_ = turn;
  if (manual()) shut();
  // They go on already: what they say now may belong to what is answered.
  if (user_speaks_ && spoke_over_) hold_up(*spoke_over_);
  return manual();
}

bool Floor::speech_started() {
  EARSHOT_CHECK(reply_ == Reply::kThinking && !held_up(), "a reply speaks once, and when nobody else does");
  reply_ = Reply::kSpeaking;
  if (mode_ == ListenMode::kRealtime) return false;
  shut();
  return true;
}

Floor::AtTurnDone Floor::turn_done(bool last) {
  EARSHOT_CHECK(reply_ == Reply::kThinking || reply_ == Reply::kSpeaking, "only a turn can be done");
  const bool spoke = reply_ == Reply::kSpeaking;
  reply_ = spoke ? Reply::kPlaying : Reply::kNone;
  if (!last) return {.speech_end = spoke, .listen_again = !spoke && listen_on()};
  parting_ = true;
  shut();
  deciding_since_.reset();  // whatever was said, nobody will answer it
  return {.speech_end = spoke, .resume = std::exchange(held_up_by_, std::nullopt).has_value()};
}

bool Floor::go_on() {
  EARSHOT_CHECK(held_up(), "only what is held up goes on");
  held_up_by_.reset();
  return speaking().has_value();
}

std::optional<TurnId> Floor::end_reply() {
  const auto was_speaking = speaking();
  reply_ = Reply::kNone;
  held_up_by_.reset();
  return was_speaking;
}

void Floor::playout_over(bool finished, SteadyTime now) {
  EARSHOT_CHECK(all_sent(), "what is not all sent cannot have played");
  reply_ = Reply::kNone;
  held_up_by_.reset();  // there is nothing left to hold up
  if (finished && mode_ == ListenMode::kAuto) listen_due_ = now + kListenStartPatience;
}

Floor::Offer Floor::tick(SteadyTime now, bool engaged) {
  if (engaged || awaited() || has_reply() || key_held() || parting_) {
    last_life_ = now;
    return {};
  }
  const bool device_will_listen = listen_due_ && now < *listen_due_;
  const Milliseconds patience = rules_.idle_farewell;
  return {.ours = !user_speaks_ && !device_will_listen,
          .farewell = hears() && patience.count() > 0 && now - last_life_ >= patience};
}

FloorState Floor::state() const {
  if (parting_) return FloorState::kParting;
  if (held_up()) return FloorState::kHeldUp;
  switch (reply_) {
    case Reply::kThinking:
      return FloorState::kAnswering;
    case Reply::kSpeaking:
      return FloorState::kSpeaking;
    case Reply::kPlaying:
      return FloorState::kPlaying;
    case Reply::kNone:
      break;
  }
  if (user_speaks_) return FloorState::kUserSpeaks;
  if (deciding_since_) return FloorState::kDeciding;
  return hears() ? FloorState::kListening : FloorState::kIdle;
}

FloorMemory Floor::memory() const {
  return {.mode = mode_, .hears = hears(), .key_held = key_held(), .nags = nags_};
}

bool Floor::awaited() const {
  return reply_ == Reply::kThinking || reply_ == Reply::kSpeaking || deciding_since_.has_value();
}

std::optional<TurnId> Floor::speaking() const {
  const bool speaks = reply_ == Reply::kSpeaking || reply_ == Reply::kPlaying;
  return speaks ? std::optional(turn_) : std::nullopt;
}

// At the first speech over a reply: it is not known yet whether it is meant to end it.
Floor::AtSpeech Floor::hold_up(UtteranceId id) {
  const bool already = std::exchange(held_up_by_, id).has_value();
  if (!speaking()) return AtSpeech::kNothing;  // what it says from now on is kept
  if (!rules_.resume) return AtSpeech::kEndReply;
  return already ? AtSpeech::kNothing : AtSpeech::kPause;
}

// Muted in its middle, an utterance has no end that would say that nobody speaks.
void Floor::shut() {
  ear_ = key_held() ? Ear::kKeyFull : Ear::kShut;
  user_speaks_ = false;
}

}  // namespace earshot::worker
