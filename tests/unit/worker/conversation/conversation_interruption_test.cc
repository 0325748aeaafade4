// Who speaks over a reply, or before it begins: what holds it up, what ends it, and what is remembered.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

class Interruptions : public ConversationTest {
 protected:
  Interruptions() { config.agent.prompt.clear(); }
  // A reply of three sentences of five seconds, in its first.
  void speaks_a_long_reply() {
    brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
    tts.speak_for(5s);
    open();
    start(ipc::Listen::kRealtime);
    utterance();
    played(ipc::PlayoutReport::kStarted, 1, 0);
    played(ipc::PlayoutReport::kSentence, 1, 1);
    take_log();
    brain.set_script(echo);
  }
  std::vector<std::string> last_dialogue() { return lines(brain.requests().back().dialogue); }
};

TEST_F(Interruptions, ACoughHoldsTheReplyUpAndItGoesOn) {
  speaks_a_long_reply();
  asr.rejects();
  speech(300ms);
  EXPECT_THAT(take_log(), ElementsAre("pause 1"));
  silence(900ms);
  EXPECT_THAT(take_log(), Contains("resume 1"));
  EXPECT_EQ(counted(ConversationEvent::kBargeInWithoutWords), 1U);
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 0U);
  wait(10s);
  EXPECT_THAT(log, Contains("sentence 3 Three.")) << "nothing of it is lost";
}

TEST_F(Interruptions, WhateverHasNoWordsLetsTheReplyGoOn) {
  speaks_a_long_reply();
  asr.hears("");
  asr.hears("Mhm.");
  asr.fails();
  for (int i = 0; i < 3; ++i) {
    speech(300ms);
    EXPECT_THAT(log, Contains("pause 1"));
    silence(900ms);
    EXPECT_THAT(take_log(), Contains("resume 1")) << i;
  }
  speech(120ms);
  EXPECT_THAT(take_log(), ElementsAre("pause 1"));
  silence(900ms);
  EXPECT_THAT(take_log(), ElementsAre("resume 1")) << "too short for an utterance";
}

TEST_F(Interruptions, ARecogniserThatNeverAnswersLetsTheReplyGoOn) {
  speaks_a_long_reply();
  asr.hold_results();
  speech(600ms);
  silence(900ms);
  wait(config.asr_patience + 1s);
  EXPECT_THAT(log, Contains("resume 1"));
  EXPECT_THAT(log, Not(Contains("flush 1")));
}

TEST_F(Interruptions, WordsEndTheReplyAsSoonAsTheyAreKnown) {
  speaks_a_long_reply();
  asr.hears("stop it please");
  speech(600ms);
  asr.shows("stop it");
  run();
  silence(300ms);
  EXPECT_THAT(take_log(), ElementsAre("pause 1", "flush 1")) << "in the pause, before the end of speech";
  silence(900ms);
  EXPECT_THAT(take_log(), Contains("stt stop it please"));
  EXPECT_THAT(last_dialogue(), ElementsAre("user: hello", "assistant: One.", "user: stop it please"));
}

TEST_F(Interruptions, OperatorsMayWantMoreWords) {
  config.interruption.min_words = 3;
  speaks_a_long_reply();
  asr.hears("stop it");
  speech(600ms);
  silence(900ms);
  EXPECT_THAT(take_log(), ElementsAre("pause 1", "resume 1"));
}

TEST_F(Interruptions, WithoutResumingAnySpeechEndsTheReplyAtOnce) {
  config.interruption.resume = false;
  speaks_a_long_reply();
  speech(180ms);
  EXPECT_THAT(take_log(), ElementsAre("flush 1"));
}

TEST_F(Interruptions, AMurmurBehindTheLastWordIsAnAnswer) {
  open();
  start(ipc::Listen::kRealtime);
  brain.set_script([](const LlmRequest&) { return says("Shall I go on?"); });
  utterance();
  played(ipc::PlayoutReport::kStarted, 1, 0);
  played(ipc::PlayoutReport::kSentence, 1, 1);
  take_log();
  brain.set_script(echo);
  asr.hears("Yes.");
  utterance();
  EXPECT_THAT(log, Contains("stt Yes."));
}

TEST_F(Interruptions, WhoGoesOnSpeakingInRealtimeIsAnsweredForAllOfIt) {
  brain.set_script([](const LlmRequest&) { return hangs(); });
  open();
  start(ipc::Listen::kRealtime);
  asr.hears("I want to go to Paris");
  utterance();
  brain.set_script(echo);
  asr.hears("tomorrow morning");
  utterance();
  EXPECT_THAT(last_dialogue(), ElementsAre("user: I want to go to Paris", "user: tomorrow morning"));
}

TEST_F(Interruptions, WhoGoesOnSpeakingInAutoModeIsHeardUntilTheReplyBegins) {
  brain.set_script([](const LlmRequest&) { return hangs(); });
  open();
  start(ipc::Listen::kAuto);
  asr.hears("I want to go to Paris");
  utterance();
  take_log();
  brain.set_script(echo);
  asr.hears("tomorrow morning");
  utterance();
  EXPECT_THAT(take_log(), Contains("stt tomorrow morning"));
  EXPECT_THAT(last_dialogue(), ElementsAre("user: I want to go to Paris", "user: tomorrow morning"));
}

TEST_F(Interruptions, AReplyThatGetsReadyWhileTheUserGoesOnWaitsForHim) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  speech(300ms);
  asr.release_results();
  run();
  EXPECT_THAT(take_log(), ElementsAre("stt hello")) << "nobody speaks over him";
  asr.rejects();
  silence(900ms);
  EXPECT_THAT(take_log(),
              ElementsAre("face happy", "start 1", "sentence 1 You said hello.", "audio 1.1", "end 1"))
      << "it was a noise";
}

TEST_F(Interruptions, AGuessThatWasAClickLeavesNothingBehind) {
  open();
  start(ipc::Listen::kAuto);
  speech(120ms);
  asr.shows("hm");
  run();
  silence(900ms);
  EXPECT_EQ(counted(ConversationEvent::kSpeculation), 1U);
  EXPECT_FALSE(conversation->busy());
  ask_to_say("a", "Dinner is ready.");
  wait(100ms);
  EXPECT_THAT(log, Contains("sentence 1 Dinner is ready."));
}

TEST_F(Interruptions, AbortEndsAReplyThatIsHeldUp) {
  speaks_a_long_reply();
  speech(300ms);
  take_log();
  abort();
  silence(900ms);
  EXPECT_THAT(log, Not(Contains("resume 1")));
}

TEST_F(Interruptions, AFarewellThatIsHeldUpGoesOnBecauseNobodyIsHeardAnyMore) {
  tts.behave(ScriptedTts::Behaviour::kHangs);
  open();
  start(ipc::Listen::kRealtime);
  asr.hears("Goodbye!");
  utterance();
  speech(config.tts_patience);
  EXPECT_THAT(take_log(), Contains("pause 1"));
  wait(100ms);
  EXPECT_THAT(log, ElementsAre(StartsWith("alert"), "end 1", "resume 1", "session end"));
}

}  // namespace
}  // namespace earshot::worker
