#include "bench/simulator/user_script.h"

#include <chrono>
#include <utility>

namespace earshot::simulator {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kBreath = milliseconds(300);         // between the beep and the first word
constexpr auto kGreetingWait = milliseconds(1000);  // after a wake word the server may greet first
constexpr auto kKeyRelease = milliseconds(200);     // the key is let go a little after the last word
constexpr auto kAnswerWait = seconds(30);           // nobody waits longer
constexpr auto kInterruptWait = seconds(5);         // for the old answer to stop, once the user has spoken

}  // namespace

void UserScript::state_changed(State state, SteadyTime now) {
  state_ = state;
  if (state == State::kSpeaking) {
    if (phase_ == Phase::kPausing) return enter(Phase::kGreeting);
    const bool new_answer = phase_ == Phase::kTalking || phase_ == Phase::kReleasing ||
                            phase_ == Phase::kWaiting || (phase_ == Phase::kInterrupting && stopped_);
    if (!new_answer) return;
    sounded_ = false;
    enter(Phase::kHearing);
  } else if (phase_ == Phase::kInterrupting && state == State::kListening) {
    stopped_ = true;
    if (utterance_over_) enter(Phase::kWaiting, now + kAnswerWait);
  } else if (state == State::kIdle && phase_ == Phase::kOpening) {
    fail("the device could not open a talk");
  }
}

void UserScript::listening(SteadyTime now) {
  switch (phase_) {
    case Phase::kOpening:
      return enter(Phase::kPausing, now + (greeting_expected_ ? kGreetingWait : kBreath));
    case Phase::kGreeting:
      return enter(Phase::kPausing, now + kBreath);
    case Phase::kReopening:
    case Phase::kAborting:
      turn_over_ = true;
      return;
    case Phase::kBegin:
    case Phase::kPausing:
    case Phase::kTalking:
    case Phase::kReleasing:
    case Phase::kWaiting:
    case Phase::kHearing:
    case Phase::kInterrupting:
    case Phase::kBetween:
    case Phase::kLeaving:
    case Phase::kDone:
      return;
  }
}

void UserScript::speech_ended(SteadyTime now) {
  utterance_over_ = true;
  if (phase_ == Phase::kInterrupting) {
    if (stopped_) {
      enter(Phase::kWaiting, now + kAnswerWait);
    } else {
      enter(Phase::kInterrupting, now + kInterruptWait);
    }
  } else if (phase_ == Phase::kTalking) {
    if (plan_.mode == Mode::kManual) {
      enter(Phase::kReleasing, now + kKeyRelease);
    } else {
      enter(Phase::kWaiting, now + kAnswerWait);
    }
  }
}

void UserScript::answer_sounds(SteadyTime now) {
  if (phase_ != Phase::kHearing || sounded_) return;
  sounded_ = true;
  if (interrupts_here()) due_ = now + *plan_.barge_in_after;
}

void UserScript::answer_over(SteadyTime now) {
  if (phase_ == Phase::kGreeting) {
    // Auto mode waits for the microphone; the others are ready.
    if (plan_.mode != Mode::kAuto) enter(Phase::kPausing, now + kBreath);
    return;
  }
  if (phase_ == Phase::kAborting && plan_.mode != Mode::kAuto) turn_over_ = true;
  if (phase_ != Phase::kHearing) return;
  if (interrupts_here()) return fail("the answer ended before the barge-in");
  if (!sounded_) return fail("the answer has no sound");
  if (plan_.mode == Mode::kAuto) {
    enter(Phase::kReopening, now + kAnswerWait);
  } else {
    turn_over_ = true;
  }
}

void UserScript::session_ended(SteadyTime) {
  if (finished()) return;
  if (phase_ == Phase::kHearing && interrupts_here()) return fail("the session ended before the barge-in");
  const bool answered = (phase_ == Phase::kHearing && sounded_) || phase_ == Phase::kReopening || turn_over_;
  if (answered) ++turns_done_;
  if (turns_done_ == plan_.turns.size()) return enter(Phase::kDone);
  const bool silent = answered || phase_ == Phase::kPausing || phase_ == Phase::kBetween;
  fail(silent ? "the server ended the session after " + turns_held()
              : "the server ended the session before it answered");
}

void UserScript::called_away() {
  if (turns_done_ < plan_.turns.size()) fail("told to leave after " + turns_held());
}

std::vector<UserAction> UserScript::act(SteadyTime now) {
  std::vector<UserAction> actions;
  if (turn_over_) {
    turn_over_ = false;
    finish_turn(now);
  }
  if (phase_ == Phase::kBegin) {
    greeting_expected_ = plan_.wake_word;
    actions.push_back(plan_.wake_word ? UserAction{UserAction::Kind::kSayWakeWord, 0} : press());
    enter(Phase::kOpening);
  }
  if (!due_ || *due_ > now) return actions;
  due_.reset();
  switch (phase_) {
    case Phase::kPausing:
      actions.push_back(utter(now));
      break;
    case Phase::kReleasing:
      actions.push_back({UserAction::Kind::kReleaseTalk, turn_});
      enter(Phase::kWaiting, now + kAnswerWait);
      break;
    case Phase::kWaiting:
      fail("no answer within 30 s");
      break;
    case Phase::kHearing:
      interrupt(actions, now);
      break;
    case Phase::kInterrupting:
      fail("the answer went on although the user spoke");
      break;
    case Phase::kReopening:
    case Phase::kAborting:
      fail("the microphone did not open again");
      break;
    case Phase::kBetween:
      actions.push_back(press());
      enter(Phase::kOpening);
      break;
    case Phase::kLeaving:
      actions.push_back({UserAction::Kind::kHangUp, turn_});
      enter(Phase::kDone);
      break;
    case Phase::kBegin:
    case Phase::kOpening:
    case Phase::kGreeting:
    case Phase::kTalking:
    case Phase::kDone:
      break;
  }
  return actions;
}

void UserScript::enter(Phase phase, std::optional<SteadyTime> due) {
  if (phase == Phase::kDone) turn_over_ = false;
  phase_ = phase;
  due_ = due;
}

std::string UserScript::turns_held() const {
  return std::to_string(turns_done_) + " of " + std::to_string(plan_.turns.size()) + " turns";
}

void UserScript::fail(std::string why) {
  failure_ = std::move(why);
  enter(Phase::kDone);
}

void UserScript::finish_turn(SteadyTime now) {
  ++turns_done_;
  ++turn_;
  // A server that was told goodbye may hang up first.
  if (turn_ == plan_.turns.size()) return enter(Phase::kLeaving, now + kBreath);
  enter(plan_.mode == Mode::kManual ? Phase::kBetween : Phase::kPausing, now + kBreath);
}

void UserScript::interrupt(std::vector<UserAction>& actions, SteadyTime now) {
  if (state_ != State::kSpeaking) return fail("the answer ended before the barge-in");
  interrupted_ = true;
  stopped_ = false;
  if (plan_.mode == Mode::kRealtime) {
    ++turns_done_;
    ++turn_;
    actions.push_back(utter(now));
    enter(Phase::kInterrupting);
  } else if (plan_.mode == Mode::kManual && plan_.barge_in_speech) {
    ++turns_done_;
    ++turn_;
    actions.push_back({UserAction::Kind::kPressTalk, turn_});
    greeting_expected_ = false;
    enter(Phase::kOpening);
  } else {
    actions.push_back({UserAction::Kind::kPressButton, turn_});
    enter(Phase::kAborting, now + kAnswerWait);
  }
}

UserAction UserScript::press() const {
  return {plan_.mode == Mode::kManual ? UserAction::Kind::kPressTalk : UserAction::Kind::kPressButton, turn_};
}

UserAction UserScript::utter(SteadyTime now) {
  utterance_over_ = false;
  if (plan_.turns[turn_] == UserPlan::Turn::kType) {
    enter(Phase::kWaiting, now + kAnswerWait);
    return {UserAction::Kind::kType, turn_};
  }
  enter(Phase::kTalking);
  return {UserAction::Kind::kSpeak, turn_};
}

}  // namespace earshot::simulator
