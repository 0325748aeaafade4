#include "bench/simulator/user_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = UserAction::Kind;
using Turn = UserPlan::Turn;

class Person {
 public:
  explicit Person(UserPlan plan) : script_(std::move(plan)) {}

  std::vector<Kind> act() {
    std::vector<Kind> kinds;
    for (const UserAction& action : script_.act(now_)) kinds.push_back(action.kind);
    return kinds;
  }
  std::vector<Kind> wait(milliseconds time) {
    now_ += time;
    return act();
  }
  std::vector<Kind> state(State state) {
    script_.state_changed(state, now_);
    return act();
  }
  std::vector<Kind> listening() {
    script_.listening(now_);
    return act();
  }
  std::vector<Kind> spoke() {
    script_.speech_ended(now_);
    return act();
  }
  std::vector<Kind> sounds() {
    script_.answer_sounds(now_);
    return act();
  }
  std::vector<Kind> over() {
    script_.answer_over(now_);
    return act();
  }
  std::vector<Kind> goodbye() {
    script_.session_ended(now_);
    return act();
  }
  // Begin, connect, listen, speak; the answer starts to sound.
  void hear_first_answer() {
    act();
    state(State::kConnecting);
    state(State::kListening);
    listening();
    wait(milliseconds(300));
    spoke();
    wait(milliseconds(200));
    state(State::kSpeaking);
    sounds();
  }
  UserScript& script() { return script_; }

 private:
  UserScript script_;
  SteadyTime now_{seconds(100)};
};

UserPlan plan(Mode mode, std::size_t turns = 1) {
  return {.mode = mode, .turns = std::vector<Turn>(turns, Turn::kSpeak), .barge_in_after = {}};
}

TEST(UserScript, HasATalkOfTwoTurnsInAutoMode) {
  Person person(plan(Mode::kAuto, 2));
  EXPECT_THAT(person.act(), ElementsAre(Kind::kPressButton));
  person.state(State::kConnecting);
  person.state(State::kListening);
  EXPECT_THAT(person.listening(), IsEmpty());
  EXPECT_THAT(person.wait(milliseconds(299)), IsEmpty());
  EXPECT_THAT(person.wait(milliseconds(1)), ElementsAre(Kind::kSpeak));
  person.spoke();
  person.state(State::kSpeaking);
  person.sounds();
  person.state(State::kListening);
  EXPECT_THAT(person.over(), IsEmpty());
  EXPECT_THAT(person.listening(), IsEmpty());
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
  person.spoke();
  person.state(State::kSpeaking);
  person.sounds();
  person.state(State::kListening);
  person.over();
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kHangUp));
  EXPECT_TRUE(person.script().finished());
  EXPECT_FALSE(person.script().failure());
  EXPECT_EQ(person.script().turns_done(), 2U);
}

TEST(UserScript, HoldsTheKeyWhileSpeakingInManualMode) {
  Person person(plan(Mode::kManual, 2));
  EXPECT_THAT(person.act(), ElementsAre(Kind::kPressTalk));
  person.state(State::kConnecting);
  person.state(State::kListening);
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
  EXPECT_THAT(person.spoke(), IsEmpty());
  EXPECT_THAT(person.wait(milliseconds(200)), ElementsAre(Kind::kReleaseTalk));
  person.state(State::kIdle);
  person.state(State::kSpeaking);
  person.sounds();
  person.state(State::kIdle);
  EXPECT_THAT(person.over(), IsEmpty());
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kPressTalk));
}

TEST(UserScript, LetsTheServerGreetAfterAWakeWord) {
  UserPlan with_word = plan(Mode::kAuto);
  with_word.wake_word = true;
  Person person(with_word);
  EXPECT_THAT(person.act(), ElementsAre(Kind::kSayWakeWord));
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(900)), IsEmpty());
  person.state(State::kSpeaking);
  EXPECT_THAT(person.wait(seconds(3)), IsEmpty());
  person.state(State::kListening);
  person.over();
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
}

TEST(UserScript, TypesAndWaits) {
  Person person({.mode = Mode::kAuto, .turns = {Turn::kType}, .barge_in_after = {}});
  person.act();
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kType));
  EXPECT_THAT(person.wait(seconds(30)), IsEmpty());
  EXPECT_EQ(person.script().failure(), "no answer within 30 s");
}

TEST(UserScript, TalksOverTheAnswerInRealtimeMode) {
  UserPlan rude = plan(Mode::kRealtime, 2);
  rude.barge_in_after = milliseconds(500);
  rude.barge_in_speech = true;
  Person person(rude);
  person.hear_first_answer();
  EXPECT_THAT(person.wait(milliseconds(500)), ElementsAre(Kind::kSpeak));
  person.state(State::kListening);
  person.over();
  person.spoke();
  person.state(State::kSpeaking);
  person.sounds();
  person.state(State::kListening);
  person.over();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kHangUp));
  EXPECT_EQ(person.script().turns_done(), 2U);
  EXPECT_FALSE(person.script().failure());
}

TEST(UserScript, IsDisappointedWhenTheAnswerGoesOn) {
  UserPlan rude = plan(Mode::kRealtime, 2);
  rude.barge_in_after = milliseconds(500);
  rude.barge_in_speech = true;
  Person person(rude);
  person.hear_first_answer();
  person.wait(milliseconds(500));
  person.spoke();
  person.wait(seconds(5));
  EXPECT_EQ(person.script().failure(), "the answer went on although the user spoke");
}

TEST(UserScript, PressesTheButtonToInterruptInAutoMode) {
  UserPlan rude = plan(Mode::kAuto, 2);
  rude.barge_in_after = milliseconds(500);
  rude.barge_in_speech = true;
  Person person(rude);
  person.hear_first_answer();
  EXPECT_THAT(person.wait(milliseconds(500)), ElementsAre(Kind::kPressButton));
  person.state(State::kListening);
  person.over();
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
}

TEST(UserScript, PressesTheTalkKeyToInterruptInManualMode) {
  UserPlan rude = plan(Mode::kManual, 2);
  rude.barge_in_after = milliseconds(500);
  rude.barge_in_speech = true;
  Person person(rude);
  person.hear_first_answer();
  EXPECT_THAT(person.wait(milliseconds(500)), ElementsAre(Kind::kPressTalk));
  person.state(State::kListening);
  person.listening();
  EXPECT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
}

TEST(UserScript, FailsWhenTheAnswerIsTooShortToInterrupt) {
  UserPlan rude = plan(Mode::kAuto);
  rude.barge_in_after = seconds(5);
  Person person(rude);
  person.hear_first_answer();
  person.state(State::kListening);
  person.over();
  EXPECT_EQ(person.script().failure(), "the answer ended before the barge-in");
}

TEST(UserScript, FailsWhenTheAnswerIsMute) {
  Person person(plan(Mode::kRealtime));
  person.act();
  person.listening();
  person.wait(milliseconds(300));
  person.spoke();
  person.state(State::kSpeaking);
  person.state(State::kListening);
  person.over();
  EXPECT_EQ(person.script().failure(), "the answer has no sound");
}

TEST(UserScript, FailsWhenTheTalkCannotBeOpened) {
  Person person(plan(Mode::kAuto));
  person.act();
  person.state(State::kConnecting);
  person.state(State::kIdle);
  EXPECT_EQ(person.script().failure(), "the device could not open a talk");
}

TEST(UserScript, AGoodbyeAfterTheLastAnswerIsACleanEnd) {
  Person person(plan(Mode::kAuto));
  person.hear_first_answer();
  EXPECT_THAT(person.goodbye(), IsEmpty());
  EXPECT_TRUE(person.script().finished());
  EXPECT_FALSE(person.script().failure());
  EXPECT_EQ(person.script().turns_done(), 1U);
}

TEST(UserScript, AGoodbyeBeforeAllTurnsAreHeldIsAFailure) {
  Person in_the_answer(plan(Mode::kAuto, 3));
  in_the_answer.hear_first_answer();
  EXPECT_THAT(in_the_answer.goodbye(), IsEmpty());
  EXPECT_EQ(in_the_answer.script().failure(), "the server ended the session after 1 of 3 turns");
  EXPECT_EQ(in_the_answer.script().turns_done(), 1U);

  Person in_the_breath(plan(Mode::kRealtime, 2));
  in_the_breath.hear_first_answer();
  in_the_breath.state(State::kListening);
  in_the_breath.over();
  in_the_breath.goodbye();
  EXPECT_EQ(in_the_breath.script().failure(), "the server ended the session after 1 of 2 turns");

  Person between(plan(Mode::kManual, 2));
  between.hear_first_answer();
  between.state(State::kIdle);
  between.over();
  between.goodbye();
  EXPECT_EQ(between.script().failure(), "the server ended the session after 1 of 2 turns");
}

TEST(UserScript, AGoodbyeBeforeTheBargeInIsAFailure) {
  UserPlan rude = plan(Mode::kAuto);
  rude.barge_in_after = seconds(5);
  Person person(rude);
  person.hear_first_answer();
  person.goodbye();
  EXPECT_EQ(person.script().failure(), "the session ended before the barge-in");
}

TEST(UserScript, ToBeCalledAwayIsAFailureUntilAllTurnsAreHeld) {
  Person early(plan(Mode::kRealtime, 2));
  early.hear_first_answer();
  early.script().called_away();
  EXPECT_EQ(early.script().failure(), "told to leave after 0 of 2 turns");

  Person late(plan(Mode::kRealtime));
  late.hear_first_answer();
  late.state(State::kListening);
  late.over();
  late.script().called_away();
  EXPECT_FALSE(late.script().failure());
}

TEST(UserScript, AGoodbyeInTheBreathAfterAnAnswerIsACleanEnd) {
  Person person(plan(Mode::kRealtime));
  person.hear_first_answer();
  person.state(State::kListening);
  person.over();
  EXPECT_THAT(person.goodbye(), IsEmpty());
  EXPECT_TRUE(person.script().finished());
  EXPECT_EQ(person.script().turns_done(), 1U);
}

TEST(UserScript, DoesNothingMoreWhenTheAnswerAndTheSessionEndTogether) {
  Person person(plan(Mode::kRealtime));
  person.hear_first_answer();
  person.script().answer_over(SteadyTime(seconds(200)));
  EXPECT_THAT(person.goodbye(), IsEmpty());
  EXPECT_TRUE(person.script().finished());
  EXPECT_EQ(person.script().turns_done(), 1U);
}

TEST(UserScript, AGoodbyeInsteadOfAnAnswerIsAFailure) {
  Person person(plan(Mode::kAuto));
  person.act();
  person.listening();
  person.wait(milliseconds(300));
  person.spoke();
  person.goodbye();
  EXPECT_EQ(person.script().failure(), "the server ended the session before it answered");
}

TEST(UserScript, AGoodbyeInsteadOfTheLastAnswerIsAFailure) {
  Person person(plan(Mode::kAuto, 2));
  person.hear_first_answer();
  person.state(State::kListening);
  person.over();
  person.listening();
  ASSERT_THAT(person.wait(milliseconds(300)), ElementsAre(Kind::kSpeak));
  person.spoke();
  person.goodbye();
  EXPECT_EQ(person.script().failure(), "the server ended the session before it answered");
  EXPECT_EQ(person.script().turns_done(), 1U);
}

}  // namespace
}  // namespace earshot::simulator
