// What a conversation remembers of its turns.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"
#include "worker/dialogue/token_budget.h"

namespace earshot::worker {
namespace {

class ConversationHistoryTest : public ConversationTest {
 protected:
  ConversationHistoryTest() { config.agent.prompt.clear(); }
  std::vector<std::string> dialogue_of_next_turn() {
    brain.set_script(echo);
    tts.behave(ScriptedTts::Behaviour::kSpeaks);
    start(ipc::Listen::kAuto);
    type("next");
    return lines(brain.requests().back().dialogue);
  }
};

TEST_F(ConversationHistoryTest, RemembersWhatWasHeardOfATurnThatWasInterruptedWhileItSpoke) {
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  open();
  tts.behave(ScriptedTts::Behaviour::kHangs);
  type("count");
  played(ipc::PlayoutReport::kSentence, 1, 1);
  abort();
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: count", "assistant: One.", "user: next"));
}

TEST_F(ConversationHistoryTest, RemembersWhatWasHeardOfATurnThatWasInterruptedWhileItPlayed) {
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  open();
  type("count");
  EXPECT_EQ(log.back(), "end 1") << "all is made, and the gateway plays it";
  played(ipc::PlayoutReport::kSentence, 1, 1);
  played(ipc::PlayoutReport::kSentence, 1, 2);
  played(ipc::PlayoutReport::kFlushed, 1, 2);
  abort();
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: count", "assistant: One. Two.", "user: next"));
}

TEST_F(ConversationHistoryTest, RemembersAReplyThatPlayedToItsEnd) {
  open();
  type("count");
  played(ipc::PlayoutReport::kSentence, 1, 1);
  played(ipc::PlayoutReport::kFinished, 1, 1);
  EXPECT_THAT(dialogue_of_next_turn(),
              ElementsAre("user: count", "assistant: You said count.", "user: next"));
}

TEST_F(ConversationHistoryTest, OfAReplyThatNobodyHeardTheUsersWordsStay) {
  open();
  type("count");
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: count", "user: next"));
}

TEST_F(ConversationHistoryTest, ABrainThatBreaksOffLeavesWhatWasHeard) {
  brain.set_script([](const LlmRequest&) {
    ScriptedBrain::Answer answer = says("First sentence is here. Second sentence is here. And a thi");
    answer.status = Error{ErrorCode::kUnavailable, "scripted"};
    return answer;
  });
  open();
  type("tell me");
  EXPECT_THAT(log, Contains("sentence 2 Second sentence is here."));
  EXPECT_THAT(log, Contains("sentence 3 Sorry, I can not answer right now."));
  played(ipc::PlayoutReport::kSentence, 1, 3);
  played(ipc::PlayoutReport::kFinished, 1, 3);
  EXPECT_THAT(
      dialogue_of_next_turn(),
      ElementsAre("user: tell me",
                  "assistant: First sentence is here. Second sentence is here.\nSorry, I can not answer "
                  "right now.",
                  "user: next"));
}

TEST_F(ConversationHistoryTest, AReplyOfOneSentenceThatHadComeBeforeTheBreakIsHeard) {
  brain.set_script([](const LlmRequest&) {
    ScriptedBrain::Answer answer = says("The lamp is on.");
    answer.status = Error{ErrorCode::kUnavailable, "scripted"};
    return answer;
  });
  open();
  type("light");
  EXPECT_THAT(log, Contains("sentence 1 The lamp is on."));
}

TEST_F(ConversationHistoryTest, HoldsNoMoreThanWhatTheGatewayCouldQueue) {
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  open();
  type("count");
  played(ipc::PlayoutReport::kSentence, 1, 1);
  played(ipc::PlayoutReport::kFinished, 1, 1);
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: count", "assistant: One.", "user: next"))
      << "finished, and two sentences were never begun";
}

TEST_F(ConversationHistoryTest, AVoiceThatFailsLeavesWhatItHasSaid) {
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  open();
  tts.fail_after(1);
  type("count");
  played(ipc::PlayoutReport::kSentence, 1, 1);
  played(ipc::PlayoutReport::kFinished, 1, 2);
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: count", "assistant: One. Two.", "user: next"))
      << "the second was shown";
}

TEST_F(ConversationHistoryTest, ALongPromptDoesNotEraseTheDialogue) {
  config.agent.prompt = std::string(20'000, 'p');
  open();
  for (const auto& [turn, words] : {std::pair{1U, "my name is Anna"}, {2U, "I live in Berlin"}}) {
    type(words);
    played(ipc::PlayoutReport::kSentence, turn, 1);
    played(ipc::PlayoutReport::kFinished, turn, 1);
  }
  EXPECT_THAT(dialogue_of_next_turn(), Contains("user: my name is Anna"));
}

TEST_F(ConversationHistoryTest, AToolThatRanIsRememberedThoughNothingWasHeard) {
  brain.set_script([](const LlmRequest& request) {
    return request.dialogue.back().role == Message::Role::kTool ? hangs() : calls("clock.time");
  });
  open();
  type("what time is it");
  abort();
  EXPECT_THAT(dialogue_of_next_turn(), ElementsAre("user: what time is it", "assistant:  +c",
                                                   testing::StartsWith("tool c: "), "user: next"));
}

TEST_F(ConversationHistoryTest, AnInterruptedApologyDoesNotCutTheTurnBefore) {
  open();
  type("count");
  played(ipc::PlayoutReport::kSentence, 1, 1);
  played(ipc::PlayoutReport::kFinished, 1, 1);
  asr.fails();
  start(ipc::Listen::kAuto);
  utterance();
  abort();
  EXPECT_THAT(dialogue_of_next_turn(),
              ElementsAre("user: count", "assistant: You said count.", "user: next"));
}

TEST_F(ConversationHistoryTest, SendsTheBrainNoMoreThanItsBudget) {
  config.turn.dialogue_tokens = 120;
  open();
  for (std::uint32_t i = 1; i <= 40; ++i) {
    type("turn " + std::to_string(i));
    played(ipc::PlayoutReport::kSentence, i, 1);
    played(ipc::PlayoutReport::kFinished, i, 1);
    EXPECT_LE(estimated_tokens(brain.requests().back().dialogue), 120U);
  }
  EXPECT_GE(brain.requests().back().dialogue.size(), 9U);
  EXPECT_EQ(brain.requests().back().dialogue.back().text, "turn 40");
}

}  // namespace
}  // namespace earshot::worker
