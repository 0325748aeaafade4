// The person in front of the device: presses, speaks, listens to the answer, speaks again, interrupts, hangs
// up. Pure: what happens at the device goes in, what the user does comes out.
// Runs on: any one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/device_state.h"
#include "common/base/clock.h"

namespace earshot::simulator {

struct UserPlan {
  enum class Turn { kSpeak, kType };
  Mode mode = Mode::kAuto;
  std::vector<Turn> turns;  // at least one when act() is called
  bool wake_word = false;   // instead of the button, to begin
  // The first answer is interrupted this long after it began to sound. By voice (realtime), talk key (manual)
  // or button (auto). With `barge_in_speech` turns[1] is what is said instead of listening on.
  std::optional<Milliseconds> barge_in_after;
  bool barge_in_speech = false;
};

struct UserAction {
  enum class Kind { kPressButton, kPressTalk, kReleaseTalk, kSayWakeWord, kSpeak, kType, kHangUp };
  Kind kind = Kind::kPressButton;
  std::size_t turn = 0;  // of kSpeak and kType
};

class UserScript {
 public:
  explicit UserScript(UserPlan plan) : plan_(std::move(plan)) {}

  // What happens at the device.
  void state_changed(State state, SteadyTime now);
  void listening(SteadyTime now);      // the microphone is open for a new utterance
  void speech_ended(SteadyTime now);   // the last sample of the utterance has been recorded
  void answer_sounds(SteadyTime now);  // a frame of the answer begins to play
  void answer_over(SteadyTime now);    // not Speaking, and all has been played
  void session_ended(SteadyTime now);  // by the server: a failure unless all turns have been held
  void called_away();                  // by whoever runs the device: likewise

  // What the user does now. Call after each event and at wake_up().
  std::vector<UserAction> act(SteadyTime now);
  std::optional<SteadyTime> wake_up() const { return due_; }

  bool finished() const { return phase_ == Phase::kDone; }
  const std::optional<std::string>& failure() const { return failure_; }
  std::size_t turns_done() const { return turns_done_; }

 private:
  enum class Phase {
    kBegin,
    kOpening,   // pressed; the device is not listening yet
    kPausing,   // the device listens, the user draws breath
    kGreeting,  // the server speaks before the user has
    kTalking,
    kReleasing,  // manual: about to let go of the key
    kWaiting,    // for the answer
    kHearing,
    kReopening,     // auto: heard out, the microphone is not open yet
    kInterrupting,  // realtime: talking over the answer
    kAborting,      // the button was pressed during the answer
    kBetween,       // manual: about to press the key again
    kLeaving,       // all is said; about to hang up
    kDone,
  };
  void enter(Phase phase, std::optional<SteadyTime> due = std::nullopt);
  void fail(std::string why);
  std::string turns_held() const;
  void finish_turn(SteadyTime now);
  void interrupt(std::vector<UserAction>& actions, SteadyTime now);
  UserAction press() const;
  UserAction utter(SteadyTime now);
  bool interrupts_here() const { return plan_.barge_in_after && turn_ == 0 && !interrupted_; }

  UserPlan plan_;
  Phase phase_ = Phase::kBegin;
  std::optional<SteadyTime> due_;
  State state_ = State::kIdle;
  std::size_t turn_ = 0;
  std::size_t turns_done_ = 0;
  bool greeting_expected_ = false;
  bool sounded_ = false;
  bool interrupted_ = false;
  bool stopped_ = false;  // while interrupting: the old answer has ended
  bool utterance_over_ = false;
  bool turn_over_ = false;  // noticed in an event, carried out in act()
  std::optional<std::string> failure_;
};

}  // namespace earshot::simulator
