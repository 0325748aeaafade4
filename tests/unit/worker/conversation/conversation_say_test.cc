// What the gateway wants said: its place among the turns, and what the gateway is told of it.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

class Says : public ConversationTest {
 protected:
  void say(const std::string& id, const std::string& text) { ask_to_say(id, text); }
};

TEST_F(Says, AreSpokenToADeviceThatListens) {
  open();
  start(ipc::Listen::kAuto);
  say("a", "Dinner is ready. Please come down.");
  wait(100ms);
  EXPECT_THAT(take_log(), ElementsAre("face neutral", "start 1", "sentence 1 Dinner is ready.", "audio 1.1",
                                      "sentence 2 Please come down.", "audio 1.2", "end 1"));
  EXPECT_THAT(say_answers, IsEmpty());
  played(ipc::PlayoutReport::kFinished, 1, 2);
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().id(), "a");
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kHeard);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports.front().source(), "server");
  EXPECT_EQ(reports.front().reply_text(), "Dinner is ready. Please come down.");
}

TEST_F(Says, AreSpokenToADeviceThatNeverBeganToListen) {
  open();
  say("a", "Hello.");
  wait(100ms);
  EXPECT_THAT(log, Contains("end 1"));
}

TEST_F(Says, WaitUntilTheUserHasSpokenAndWasAnswered) {
  open();
  start(ipc::Listen::kAuto);
  silence(300ms);
  speech(600ms);
  say("a", "Dinner is ready.");
  wait(100ms);
  EXPECT_THAT(log, IsEmpty()) << "spoken into the user's words";
  speech(300ms);
  silence(900ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 You said hello."));
  wait(500ms);
  EXPECT_THAT(log, IsEmpty()) << "the reply still plays";
  played(ipc::PlayoutReport::kFinished, 1);
  wait(100ms);
  EXPECT_THAT(log, IsEmpty()) << "it would cross the device's own `listen start`";
  start(ipc::Listen::kAuto);
  wait(100ms);
  EXPECT_THAT(log, Contains("sentence 1 Dinner is ready."));
}

TEST_F(Says, WaitForTheKeyOfPushToTalk) {
  open();
  start(ipc::Listen::kManual);
  say("a", "Dinner is ready.");
  wait(1s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(Says, AreSpokenInTheirOrder) {
  open();
  start(ipc::Listen::kRealtime);
  say("a", "One.");
  say("b", "Two.");
  wait(100ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 One."));
  played(ipc::PlayoutReport::kFinished, 1);
  wait(100ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 Two."));
}

TEST_F(Says, MayBeInterruptedAndThenWereHeardInPart) {
  open();
  start(ipc::Listen::kRealtime);
  tts.speak_for(5s);
  say("a", "Dinner is ready. Please come down.");
  wait(100ms);
  played(ipc::PlayoutReport::kSentence, 1, 1);
  utterance();
  EXPECT_THAT(log, Contains("flush 1"));
  played(ipc::PlayoutReport::kFlushed, 1, 1);
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kPartly);
}

// The device says `listen start` by itself right after its hello was answered.
TEST_F(Says, AreSpokenOnceMoreWhenNothingOfThemWasHeard) {
  open();
  say("a", "Dinner is ready.");
  wait(100ms);
  take_log();
  start(ipc::Listen::kAuto);
  played(ipc::PlayoutReport::kFlushed, 1, 0);
  wait(200ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 Dinner is ready."));
  EXPECT_THAT(say_answers, IsEmpty());
  start(ipc::Listen::kAuto);
  played(ipc::PlayoutReport::kFlushed, 2, 0);
  wait(2s);
  EXPECT_THAT(log, Not(Contains("sentence 1 Dinner is ready.")));
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kFailed);
}

TEST_F(Says, StayInTheDialogue) {
  open();
  start(ipc::Listen::kAuto);
  say("a", "Dinner is ready.");
  wait(100ms);
  played(ipc::PlayoutReport::kFinished, 1);
  start(ipc::Listen::kAuto);
  utterance();
  ASSERT_THAT(brain.requests(), SizeIs(1));
  const auto& dialogue = brain.requests().front().dialogue;
  ASSERT_GE(dialogue.size(), 2U);
  EXPECT_EQ(dialogue[dialogue.size() - 2].role, Message::Role::kAssistant);
  EXPECT_EQ(dialogue[dialogue.size() - 2].text, "Dinner is ready.");
}

TEST_F(Says, ThatFindNoRoomAreRefused) {
  open();
  start(ipc::Listen::kManual);  // the key is held: all of them wait
  for (std::size_t i = 0; i <= PendingSays::kMax; ++i) say("s" + std::to_string(i), "Hello.");
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().id(), "s" + std::to_string(PendingSays::kMax));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kFailed);
  EXPECT_EQ(counted(ConversationEvent::kSayRefused), 1U);
}

TEST_F(Says, FailWhenTheSessionEndsBeforeTheirTurn) {
  open();
  start(ipc::Listen::kManual);
  say("a", "Hello.");
  conversation->close();
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kFailed);
}

TEST_F(Says, FailWithTheVoice) {
  tts.behave(ScriptedTts::Behaviour::kFails);
  open();
  start(ipc::Listen::kAuto);
  say("a", "Hello.");
  wait(200ms);
  played(ipc::PlayoutReport::kFinished, 1, 0);
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kFailed);
}

TEST_F(Says, OfNothingAreRefused) {
  open();
  say("a", "");
  ASSERT_THAT(say_answers, SizeIs(1));
  EXPECT_EQ(say_answers.front().outcome(), ipc::SaySpoken::kFailed);
}

}  // namespace
}  // namespace earshot::worker
