// Each row of the tables in floor.h.
#include "worker/conversation/floor.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr UtteranceId kFirst{.listening = 1, .number = 1};
constexpr UtteranceId kSecond{.listening = 1, .number = 2};
constexpr TurnId kTurn{7};

class FloorTest : public testing::Test {
 protected:
  void start(ListenMode mode = ListenMode::kRealtime, FloorRules rules = {}) {
    floor = Floor(rules);
    floor.listen_started(mode);
  }
  void think(ListenMode mode = ListenMode::kRealtime) {
    start(mode);
    floor.turn_began(kTurn);
  }
  void speak(ListenMode mode = ListenMode::kRealtime) {
    think(mode);
    floor.speech_started();
  }
  void play(ListenMode mode = ListenMode::kRealtime) {
    speak(mode);
    floor.turn_done(false);
  }
  void held_up() {
    speak();
    floor.user_speaks(kFirst, now);
  }

  SteadyTime now{1h};
  Floor floor{FloorRules{}};
};

TEST_F(FloorTest, NobodyIsHeardBeforeListenStart) {
  EXPECT_EQ(floor.state(), FloorState::kIdle);
  EXPECT_FALSE(floor.hears());
  for (const ListenMode mode : {ListenMode::kAuto, ListenMode::kManual, ListenMode::kRealtime}) {
    start(mode);
    EXPECT_EQ(floor.state(), FloorState::kListening);
    EXPECT_EQ(floor.mode(), mode);
    EXPECT_EQ(floor.key_held(), mode == ListenMode::kManual);
  }
}

TEST_F(FloorTest, ListenStopDecidesOnceOnWhatWasSaid) {
  for (const ListenMode mode : {ListenMode::kAuto, ListenMode::kManual}) {
    start(mode);
    EXPECT_TRUE(floor.listen_stopped(now));
    EXPECT_FALSE(floor.hears());
    EXPECT_FALSE(floor.listen_stopped(now));
  }
}

TEST_F(FloorTest, AnUtteranceIsSpokenDecidedAndAnswered) {
  start(ListenMode::kAuto);
  EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kNothing);
  EXPECT_EQ(floor.state(), FloorState::kUserSpeaks);
  EXPECT_EQ(floor.utterance_ended(kFirst, true, now), Floor::AtEnd::kDecide);
  EXPECT_EQ(floor.state(), FloorState::kDeciding);
  EXPECT_TRUE(floor.awaited());
  EXPECT_TRUE(floor.hears()) << "until the reply begins";
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kAnswer);
  EXPECT_FALSE(floor.awaited());
  EXPECT_FALSE(floor.turn_began(kTurn));
  EXPECT_EQ(floor.state(), FloorState::kAnswering);
  EXPECT_TRUE(floor.speech_started()) << "mutes";
  EXPECT_EQ(floor.state(), FloorState::kSpeaking);
  EXPECT_FALSE(floor.hears());
  const Floor::AtTurnDone done = floor.turn_done(false);
  EXPECT_TRUE(done.speech_end);
  EXPECT_FALSE(done.listen_again);
  EXPECT_EQ(floor.state(), FloorState::kPlaying);
  EXPECT_EQ(floor.speaking(), kTurn);
  floor.playout_over(true, now);
  EXPECT_EQ(floor.state(), FloorState::kIdle);
  EXPECT_EQ(floor.speaking(), std::nullopt);
}

TEST_F(FloorTest, RealtimeHearsThroughItsReply) {
  speak(ListenMode::kRealtime);
  EXPECT_TRUE(floor.hears());
}

TEST_F(FloorTest, PushToTalkIsMutedWhenTheTurnBegins) {
  start(ListenMode::kManual);
  floor.listen_stopped(now);
  EXPECT_TRUE(floor.turn_began(kTurn));
}

TEST_F(FloorTest, NothingIsSaidWhileTheKeyIsHeld) {
  start(ListenMode::kManual);
  EXPECT_EQ(floor.utterance_ended(kFirst, true, now), Floor::AtEnd::kDecide) << "too long";
  EXPECT_FALSE(floor.hears());
  EXPECT_TRUE(floor.key_held());
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kKeep);
  EXPECT_FALSE(floor.recogniser_is_late(now + 1h));
  EXPECT_FALSE(floor.listen_stopped(now + 1h)) << "nothing more was heard";
  EXPECT_FALSE(floor.recogniser_is_late(now + 1h)) << "its time begins now";
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kAnswer);
}

TEST_F(FloorTest, AnUtteranceThatWasNothing) {
  start(ListenMode::kAuto);
  EXPECT_EQ(floor.utterance_ended(kFirst, false, now), Floor::AtEnd::kWait);
  EXPECT_TRUE(floor.hears());
  start(ListenMode::kManual);
  floor.listen_stopped(now);
  EXPECT_EQ(floor.utterance_ended(kFirst, false, now), Floor::AtEnd::kHeardNothing);
}

TEST_F(FloorTest, TheRecogniserIsGivenUpOnce) {
  start();
  floor.utterance_ended(kFirst, true, now);
  EXPECT_FALSE(floor.recogniser_is_late(now + 7999ms));
  EXPECT_TRUE(floor.recogniser_is_late(now + 8s));
  EXPECT_FALSE(floor.recogniser_is_late(now + 9s));
}

TEST_F(FloorTest, AbortMutesUnlessTheMicrophoneStaysOn) {
  start(ListenMode::kAuto);
  EXPECT_TRUE(floor.aborted());
  EXPECT_EQ(floor.state(), FloorState::kIdle);
  start(ListenMode::kRealtime);
  floor.utterance_ended(kFirst, true, now);
  EXPECT_FALSE(floor.aborted());
  EXPECT_EQ(floor.state(), FloorState::kListening) << "nothing is decided any more";
}

TEST_F(FloorTest, AnAbortedUtteranceLeavesNobodySpeaking) {
  start(ListenMode::kAuto);
  floor.user_speaks(kFirst, now);
  floor.aborted();
  EXPECT_TRUE(floor.tick(now, false).ours);
}

TEST_F(FloorTest, ATurnThatSaysNothingHearsAgainButNotWithoutAKey) {
  think(ListenMode::kAuto);
  const Floor::AtTurnDone done = floor.turn_done(false);
  EXPECT_FALSE(done.speech_end);
  EXPECT_TRUE(done.listen_again);
  EXPECT_EQ(floor.state(), FloorState::kListening);
  think(ListenMode::kManual);
  EXPECT_FALSE(floor.turn_done(false).listen_again);
  EXPECT_FALSE(floor.listen_on());
}

TEST_F(FloorTest, SpeechOverAReplyHoldsItUpOnce) {
  for (const bool all_sent : {false, true}) {
    all_sent ? play() : speak();
    EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kPause);
    EXPECT_EQ(floor.state(), FloorState::kHeldUp);
    EXPECT_EQ(floor.user_speaks(kSecond, now), Floor::AtSpeech::kNothing) << "it is paused";
    EXPECT_TRUE(floor.held_up_by(kSecond));
    EXPECT_FALSE(floor.keeps_output()) << "the gateway has what was sent, and the device hears no more";
  }
}

TEST_F(FloorTest, SpeechOverTheWaitKeepsWhatTheTurnSays) {
  think();
  EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kNothing);
  EXPECT_TRUE(floor.keeps_output());
  EXPECT_FALSE(floor.go_on()) << "nothing was paused";
  EXPECT_EQ(floor.state(), FloorState::kAnswering);
}

TEST_F(FloorTest, WhoSpeaksWhenTheTurnBeginsHoldsItUp) {
  start();
  floor.user_speaks(kSecond, now);
  floor.turn_began(kTurn);
  EXPECT_TRUE(floor.held_up_by(kSecond));
}

TEST_F(FloorTest, WithoutResumingSpeechEndsTheReply) {
  start(ListenMode::kRealtime, {.resume = false});
  floor.turn_began(kTurn);
  EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kNothing);
  floor.go_on();
  floor.speech_started();
  EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kEndReply);
}

TEST_F(FloorTest, WordsEndAReplyThatIsHeldUp) {
  held_up();
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kEndReply);
  EXPECT_EQ(floor.end_reply(), kTurn);
  EXPECT_FALSE(floor.has_reply());
  EXPECT_FALSE(floor.held_up());
}

TEST_F(FloorTest, WithoutWordsItGoesOn) {
  held_up();
  EXPECT_EQ(floor.transcript(kFirst, false), Floor::AtTranscript::kGoOn);
  EXPECT_TRUE(floor.go_on());
  EXPECT_EQ(floor.state(), FloorState::kSpeaking);
  held_up();
  EXPECT_EQ(floor.utterance_ended(kFirst, false, now), Floor::AtEnd::kGoOn);
}

TEST_F(FloorTest, ALaterUtteranceHoldsTheReplyUpOnItsOwn) {
  held_up();
  floor.user_speaks(kSecond, now);
  EXPECT_EQ(floor.transcript(kFirst, false), Floor::AtTranscript::kForget);
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kEndReply);
}

TEST_F(FloorTest, WordsThatComeLateEndNoAnswerToWhatWasSaidSince) {
  start();
  floor.user_speaks(kFirst, now);
  floor.utterance_ended(kFirst, true, now);
  floor.user_speaks(kSecond, now);
  floor.utterance_ended(kSecond, true, now);
  EXPECT_EQ(floor.transcript(kSecond, true), Floor::AtTranscript::kAnswer);
  floor.turn_began(kTurn);
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kIgnore);
  floor.speech_started();
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kIgnore);
}

TEST_F(FloorTest, WhatDidNotInterruptTheReplyIsNobody) {
  speak();
  EXPECT_EQ(floor.transcript(kFirst, true), Floor::AtTranscript::kIgnore);
}

TEST_F(FloorTest, APlayoutThatEndsLeavesNothingToHoldUp) {
  play();
  floor.user_speaks(kFirst, now);
  floor.playout_over(true, now);
  EXPECT_FALSE(floor.held_up());
}

TEST_F(FloorTest, TheLastWordsEndEverything) {
  speak();
  const Floor::AtTurnDone done = floor.turn_done(true);
  EXPECT_TRUE(done.speech_end);
  EXPECT_FALSE(done.listen_again);
  EXPECT_FALSE(done.resume);
  EXPECT_EQ(floor.state(), FloorState::kParting);
  EXPECT_FALSE(floor.hears());
  EXPECT_EQ(floor.user_speaks(kFirst, now), Floor::AtSpeech::kNothing);
  EXPECT_FALSE(floor.tick(now + 1h, false).ours);
  floor.playout_over(true, now);
  EXPECT_EQ(floor.state(), FloorState::kParting);
}

TEST_F(FloorTest, LastWordsThatAreHeldUpGoOn) {
  held_up();
  EXPECT_TRUE(floor.turn_done(true).resume);
  EXPECT_FALSE(floor.held_up());
}

TEST_F(FloorTest, WeBeginOnlyWhenNobodySpeaksOrWaits) {
  start();
  EXPECT_TRUE(floor.tick(now, false).ours);
  EXPECT_FALSE(floor.tick(now, true).ours);
  floor.user_speaks(kFirst, now);
  EXPECT_FALSE(floor.tick(now, false).ours);
  floor.utterance_ended(kFirst, true, now);
  EXPECT_FALSE(floor.tick(now, false).ours);
  start(ListenMode::kManual);
  EXPECT_FALSE(floor.tick(now, false).ours) << "the key is held";
}

TEST_F(FloorTest, WeDoNotCrossTheListenStartBehindAReply) {
  play(ListenMode::kAuto);
  floor.playout_over(true, now);
  EXPECT_FALSE(floor.tick(now + Floor::kListenStartPatience - 1ms, false).ours);
  EXPECT_TRUE(floor.tick(now + Floor::kListenStartPatience, false).ours);
  play(ListenMode::kAuto);
  floor.playout_over(false, now);
  EXPECT_TRUE(floor.tick(now, false).ours)
      << "it was flushed: the device is told, and does not say so itself";
}

TEST_F(FloorTest, WhoListensToNobodyPartsInTheEnd) {
  start();
  floor.lives(now);
  EXPECT_FALSE(floor.tick(now + 49s, false).farewell);
  EXPECT_TRUE(floor.tick(now + 50s, false).farewell);
  EXPECT_FALSE(floor.tick(now + 50s, true).farewell);
  EXPECT_FALSE(floor.tick(now + 99s, false).farewell) << "somebody was there";
  start(ListenMode::kRealtime, {.idle_farewell = 0ms});
  EXPECT_FALSE(floor.tick(now + 99h, false).farewell);
}

TEST_F(FloorTest, NotUnderstoodIsSaidAFewTimes) {
  const auto nags = [this] {
    int said = 0;
    while (said < 9 && floor.may_nag()) ++said;
    return said;
  };
  start(ListenMode::kAuto);
  EXPECT_EQ(nags(), 3);
  floor.understood();
  EXPECT_EQ(nags(), 3);
  start(ListenMode::kRealtime);
  EXPECT_EQ(nags(), 1);
  start(ListenMode::kManual);
  EXPECT_EQ(nags(), 9);
}

TEST_F(FloorTest, GoesOnListeningAsRemembered) {
  start(ListenMode::kRealtime);
  floor.may_nag();
  floor.user_speaks(kFirst, now);
  floor = Floor(FloorRules{}, floor.memory());
  EXPECT_EQ(floor.state(), FloorState::kListening) << "who was speaking has to be heard again";
  EXPECT_EQ(floor.mode(), ListenMode::kRealtime);
  EXPECT_FALSE(floor.may_nag()) << "it was said";

  start(ListenMode::kManual);
  floor.utterance_ended(kFirst, true, now);
  floor = Floor(FloorRules{}, floor.memory());
  EXPECT_FALSE(floor.hears());
  EXPECT_TRUE(floor.key_held());

  speak(ListenMode::kAuto);
  floor = Floor(FloorRules{}, floor.memory());
  EXPECT_EQ(floor.state(), FloorState::kIdle) << "the reply is lost, and the device says when it listens";
}

}  // namespace
}  // namespace earshot::worker
