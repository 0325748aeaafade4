// A turn that begins in a pause, before the user has certainly finished.
#include "worker/conversation/speculation.h"
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "worker/conversation/downlink_messages.h"

namespace earshot::worker {
namespace {

class SpeculationTest : public ConversationTest {
 protected:
  void begin_speaking() {
    start(ipc::Listen::kAuto);
    silence(300ms);
    speech(900ms);
  }
  void shows(const std::string& words) {
    asr.shows(words);
    run();
  }
  void pause() { silence(300ms); }  // longer than speculation_pause, shorter than the end of a turn
  void fall_silent() { silence(900ms); }
};

TEST_F(SpeculationTest, TheBrainIsAskedInThePauseAndNothingIsHeardYet) {
  open();
  begin_speaking();
  shows("what time is it");
  pause();
  ASSERT_THAT(brain.requests(), SizeIs(1));
  EXPECT_EQ(brain.requests()[0].dialogue.back().text, "what time is it");
  EXPECT_THAT(tts.requests(), SizeIs(1)) << "its first sentence is made already";
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(SpeculationTest, TheReplyIsUsedWhenTheUserSaidJustThat) {
  open();
  asr.hears("What time is it?");
  begin_speaking();
  shows("what time is it");
  fall_silent();
  EXPECT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(log, ElementsAre("stt What time is it?", "face happy", "start 1",
                               "sentence 1 You said what time is it.", "audio 1.1", "end 1"));
  EXPECT_EQ(counted(ConversationEvent::kSpeculationUsed), 1U);
  EXPECT_EQ(counted(ConversationEvent::kTurn), 1U);
}

TEST_F(SpeculationTest, WhenTheUserGoesOnNothingOfItIsHeardOrRemembered) {
  config.agent.prompt.clear();
  open();
  asr.hears("what time is it in Paris");
  begin_speaking();
  shows("what time is it");
  pause();
  speech(600ms);
  shows("what time is it in Paris");
  fall_silent();
  EXPECT_THAT(log, Not(Contains("sentence 1 You said what time is it.")));
  EXPECT_THAT(log, Contains("sentence 1 You said what time is it in Paris."));
  played(ipc::PlayoutReport::kFinished, 2);

  asr.hears("thanks");
  begin_speaking();
  fall_silent();
  const auto& dialogue = brain.requests().back().dialogue;
  ASSERT_THAT(dialogue, SizeIs(3));
  EXPECT_EQ(dialogue[0].text, "what time is it in Paris");
  EXPECT_EQ(dialogue[1].text, "You said what time is it in Paris.");
}

TEST_F(SpeculationTest, AnotherFinalTranscriptIsAnsweredInstead) {
  open();
  asr.hears("what time is it not");
  begin_speaking();
  shows("what time is it");
  fall_silent();
  EXPECT_THAT(log, Contains("sentence 1 You said what time is it not."));
  EXPECT_THAT(log, Not(Contains("sentence 1 You said what time is it.")));
  EXPECT_EQ(counted(ConversationEvent::kSpeculationDropped), 1U);
}

TEST_F(SpeculationTest, ABetterInterimTextReplacesTheGuess) {
  open();
  asr.hears("what time is it");
  begin_speaking();
  shows("what time");
  pause();
  shows("what time is it");
  fall_silent();
  EXPECT_THAT(brain.requests(), SizeIs(2));
  EXPECT_EQ(counted(ConversationEvent::kSpeculationUsed), 1U);
  EXPECT_THAT(log, Contains("sentence 1 You said what time is it."));
}

TEST_F(SpeculationTest, NoToolRunsBeforeTheUserHasFinished) {
  brain.set_script([](const LlmRequest& request) {
    return request.dialogue.back().role == Message::Role::kTool ? says("Done.") : calls("self.a");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  asr.hears("do it");
  begin_speaking();
  shows("do it");
  pause();
  EXPECT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(mcp_requests, Not(Contains(HasSubstr("tools/call"))));
  fall_silent();
  EXPECT_THAT(mcp_requests, Contains(HasSubstr("tools/call")));
  EXPECT_THAT(brain.requests(), SizeIs(1)) << "the same turn goes on";
}

TEST_F(SpeculationTest, AnAbortDropsIt) {
  open();
  begin_speaking();
  shows("what time is it");
  pause();
  abort();
  wait(2s);
  EXPECT_THAT(log, IsEmpty());
  EXPECT_EQ(counted(ConversationEvent::kSpeculationDropped), 1U);
}

TEST_F(SpeculationTest, ABrainThatFailsIsAskedAgainWhenTheUserHasFinished) {
  int asked = 0;
  brain.set_script([&](const LlmRequest& request) {
    if (++asked > 1) return echo(request);
    ScriptedBrain::Answer answer;
    answer.status = Error{ErrorCode::kUnavailable, "scripted"};
    return answer;
  });
  open();
  asr.hears("what time is it");
  begin_speaking();
  shows("what time is it");
  fall_silent();
  EXPECT_THAT(log, Contains("sentence 1 You said what time is it."));
  EXPECT_EQ(counted(ConversationEvent::kTurnFailed), 0U);
}

TEST_F(SpeculationTest, AVoiceThatFailsIsTriedAgainWhenTheUserHasFinished) {
  open();
  asr.hears("what time is it");
  tts.behave(ScriptedTts::Behaviour::kFails);
  begin_speaking();
  shows("what time is it");
  pause();
  tts.behave(ScriptedTts::Behaviour::kSpeaks);
  fall_silent();
  EXPECT_THAT(log, Contains("audio 2.1"));
  EXPECT_EQ(counted(ConversationEvent::kVoiceFailed), 0U);
}

TEST_F(SpeculationTest, AServiceThatKeepsTheDialogueItselfIsNotGuessedWith) {
  brain.remember();
  open();
  begin_speaking();
  shows("what time is it");
  pause();
  EXPECT_THAT(brain.requests(), IsEmpty());
}

TEST(SpeculationHoldTest, AnEndlessReplyIsNotHeldForEver) {
  Speculation speculation({.listening = 1, .number = 1}, "hello", nullptr);
  const Bytes packet(1000);
  std::size_t held = 0;
  while (held < 2000 && speculation.held().hold(downlink::audio(TurnId{1}, 1, packet))) ++held;
  EXPECT_GT(held, 900U);
  EXPECT_LT(held, HeldOutput::kMaxBytes / packet.size() + 1);
}

TEST(SpeculationAnswersTest, OnlyTheSameWordsOfTheSameUtterance) {
  const UtteranceId utterance{.listening = 2, .number = 3};
  const Speculation speculation(utterance, "what time is it", nullptr);
  EXPECT_TRUE(speculation.answers(utterance, "What time is it?"));
  EXPECT_FALSE(speculation.answers(utterance, "what time is it now"));
  EXPECT_FALSE(speculation.answers({.listening = 2, .number = 4}, "what time is it"));
}

}  // namespace
}  // namespace earshot::worker
