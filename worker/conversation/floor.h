// Who may speak: the user, or we. Pure: what happens and when goes in, what is to be done comes out.
//
// Runs on: the conversation's executor.
// Owns: no sound, no text and no turn. Whoever asks does what is returned before the next event.
//
// Two sides that go on at once. The user's is the ear; `manual` is push-to-talk:
//
//   from        event                            to          the caller
//   any         listen_started                   kOpen       hears from now on (its reply was ended before)
//   any         listen_started, manual           kKeyDown    the same, and nothing is said before the key is up
//   kOpen       listen_stopped                   kShut       decides on what was said
//   kKeyDown    listen_stopped                   kShut       the same
//   kKeyFull    listen_stopped                   kShut       takes the transcript that was kept
//   kKeyDown    utterance_ended: it is too long  kKeyFull    keeps the transcript
//   kOpen       speech_started, not realtime     kShut       mutes the ear
//   kKeyDown    turn_began, aborted              kKeyFull    mutes the ear
//   any other   turn_began (manual), aborted     kShut       mutes the ear; realtime stays as it is
//   kShut       listen_on, turn_done unspoken    kOpen       hears again; not in manual
//   any         turn_done, the last              as muted    is parting: nothing is heard or said any more
//
// Beside it an utterance may go on (user_speaks .. utterance_ended) and another be with the recogniser
// (utterance_ended .. transcript, or recogniser_is_late). Ours is the reply:
//
//   from        event                            to          the caller
//   kNone       turn_began                       kThinking
//   kThinking   speech_started                   kSpeaking   has sent SpeechStart
//   kThinking   turn_done                        kNone       hears again
//   kSpeaking   turn_done                        kPlaying    sends SpeechEnd
//   kPlaying    playout_over                     kNone
//   any         end_reply                        kNone       flushes what the device plays of it
//   kThinking   user_speaks                      held up     keeps what the turn says
//   kSpeaking   user_speaks                      held up     pauses the playout; without `resume` ends the reply
//   kPlaying    user_speaks                      held up     the same
//   held up     transcript with words            as before   ends the reply and answers the words
//   held up     go_on: no words came             as before   resumes, and lets out what was kept
//   held up     turn_done, the last              as before   resumes: nobody will be heard any more
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "worker/hearing/listen_mode.h"
#include "worker/hearing/utterance_id.h"

namespace earshot::worker {

struct FloorRules {
  bool resume = true;                  // as in InterruptionPolicy
  Milliseconds asr_patience{8000};     // from the end of speech to the transcript
  Milliseconds idle_farewell{50'000};  // so long nobody spoke to a device that listens; 0: for ever
  int nag_limit = 3;                   // replies "not understood" in a row; realtime: one; push-to-talk: any
};

// What outlives the worker that a device is with.
struct FloorMemory {
  ListenMode mode = ListenMode::kAuto;
  bool hears = false;
  bool key_held = false;
  int nags = 0;
};

enum class FloorState : std::uint8_t {
  kIdle,        // nobody listens, nobody speaks
  kListening,   // the user may speak
  kUserSpeaks,  // to nobody's reply
  kDeciding,    // the recogniser has what was said
  kAnswering,   // a turn is thought out, and nothing of it has left
  kSpeaking,    // SpeechStart has left, SpeechEnd has not
  kPlaying,     // SpeechEnd has left, and the device plays
  kHeldUp,      // somebody speaks over the reply, or over the wait for it
  kParting,     // the last words were sent
};

class Floor {
 public:
  // A device says `listen start` by itself when a reply has played (auto). 70 ms on a LAN, measured; nobody waits
  // for us meanwhile, and what we begin must not cross it.
  static constexpr Milliseconds kListenStartPatience{1500};

  enum class AtSpeech : std::uint8_t { kNothing, kPause, kEndReply };
  enum class AtEnd : std::uint8_t {
    kDecide,        // the recogniser is asked
    kGoOn,          // it was nothing: the reply goes on
    kWait,          // it was nothing: the next utterance comes by itself
    kHeardNothing,  // it was nothing, and who holds a key waits for us
  };
  enum class AtTranscript : std::uint8_t {
    kKeep,      // until the key is up; then tell it again
    kIgnore,    // over a reply, and nobody who may interrupt it; or what came later was answered already
    kGoOn,      // the reply that it held up goes on
    kForget,    // a later utterance holds the reply up
    kEndReply,  // it ends the reply, then it is answered
    kAnswer,
  };
  struct AtTurnDone {
    bool speech_end = false;    // SpeechEnd is due
    bool listen_again = false;  // the device never left Listening
    bool resume = false;        // it was held up
  };
  struct Offer {
    bool ours = false;      // nobody speaks and nobody waits: a turn of our own may begin
    bool farewell = false;  // nobody has spoken for too long
  };

  // Nobody speaks yet, whatever is remembered.
  explicit Floor(const FloorRules& rules, const FloorMemory& memory = {});

  // The device.
  void lives(SteadyTime now) { last_life_ = now; }  // somebody is there
  void listen_started(ListenMode mode);             // REQUIRES: no reply
  bool listen_stopped(SteadyTime now);              // RETURNS: whether there is an utterance to decide on
  bool aborted();                                   // RETURNS: mute the ear. REQUIRES: no reply

  // The user.
  AtSpeech user_speaks(UtteranceId id, SteadyTime now);
  AtEnd utterance_ended(UtteranceId id, bool spoken, SteadyTime now);
  // `words`: it has some that may end a reply.
  AtTranscript transcript(UtteranceId id, bool words);
  bool recogniser_is_late(SteadyTime now);  // RETURNS: true: give up what it decides on; once
  bool listen_on();                         // RETURNS: false: push-to-talk, which begins by itself
  bool may_nag();                           // RETURNS: whether "not understood" is said this time
  void understood() { nags_ = 0; }

  // The reply.
  bool turn_began(TurnId turn);  // RETURNS: mute the ear. REQUIRES: no reply
  bool speech_started();  // RETURNS: mute the ear. REQUIRES: a turn that was not held up and has not spoken
  AtTurnDone turn_done(bool last);                   // REQUIRES: a turn, !keeps_output()
  bool go_on();                                      // RETURNS: resume the playout. REQUIRES: held_up()
  std::optional<TurnId> end_reply();                 // RETURNS: as speaking() was
  void playout_over(bool finished, SteadyTime now);  // REQUIRES: all_sent()

  // Each tick. `engaged`: the ear is in an utterance, or a turn is thought out ahead.
  Offer tick(SteadyTime now, bool engaged);

  FloorState state() const;
  FloorMemory memory() const;
  ListenMode mode() const { return mode_; }
  bool hears() const { return ear_ == Ear::kOpen || ear_ == Ear::kKeyDown; }
  bool key_held() const { return ear_ == Ear::kKeyDown || ear_ == Ear::kKeyFull; }
  bool has_reply() const { return reply_ != Reply::kNone; }
  bool deciding() const { return deciding_since_.has_value(); }  // on what the user has said
  bool awaited() const;                    // somebody waits for an answer, or for the rest of one
  std::optional<TurnId> speaking() const;  // SpeechStart has left, and the end of its playout was not told
  bool all_sent() const { return reply_ == Reply::kPlaying; }
  bool held_up() const { return held_up_by_.has_value(); }
  bool held_up_by(UtteranceId id) const { return held_up_by_ == id; }
  bool keeps_output() const { return held_up() && reply_ == Reply::kThinking; }
  bool parting() const { return parting_; }

 private:
  enum class Ear : std::uint8_t {
    kShut,
    kOpen,
    kKeyDown,
    kKeyFull,  // the key is held, and no more is taken
  };
  enum class Reply : std::uint8_t { kNone, kThinking, kSpeaking, kPlaying };

  bool manual() const { return mode_ == ListenMode::kManual; }
  AtSpeech hold_up(UtteranceId id);
  AtTranscript judge_transcript(UtteranceId id, bool words);
  void shut();

  FloorRules rules_;
  ListenMode mode_ = ListenMode::kAuto;
  Ear ear_ = Ear::kShut;
  bool user_speaks_ = false;
  std::optional<SteadyTime> deciding_since_;
  std::optional<UtteranceId> spoke_over_;  // the latest utterance that may interrupt
  std::optional<UtteranceId> answered_;    // the latest one whose words were
  int nags_ = 0;
  SteadyTime last_life_{};

  Reply reply_ = Reply::kNone;
  TurnId turn_{};                          // of reply_
  std::optional<UtteranceId> held_up_by_;  // only with a reply
  std::optional<SteadyTime> listen_due_;
  bool parting_ = false;
};

}  // namespace earshot::worker
