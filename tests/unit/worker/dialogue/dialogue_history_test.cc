#include "worker/dialogue/dialogue_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/worker/conversation/dialogues.h"
#include "worker/dialogue/token_budget.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

ReplyRecord reply(const std::vector<std::string>& sentences) {
  ReplyRecord made;
  std::string text;
  for (const std::string& sentence : sentences) {
    made.add_sentence(sentence);
    text += (text.empty() ? "" : " ") + sentence;
  }
  made.end_round(text, {});
  return made;
}

TEST(DialogueHistory, PutsThePromptInFrontAndTheNewWordsBehind) {
  DialogueHistory history(1000);
  EXPECT_THAT(lines(history.messages("", "hi")), ElementsAre("user: hi"));
  history.add(TurnId{1}, "hi", reply({"Hello."}));
  EXPECT_THAT(lines(history.messages("Be kind.", "and you?")),
              ElementsAre("system: Be kind.", "user: hi", "assistant: Hello.", "user: and you?"));
  EXPECT_THAT(lines(history.messages("", std::nullopt)), ElementsAre("user: hi", "assistant: Hello."));
}

TEST(DialogueHistory, LetsTheOldestTurnsGo) {
  DialogueHistory history(100);
  for (std::uint32_t i = 1; i <= 50; ++i)
    history.add(TurnId{i}, "turn " + std::to_string(i), reply({"Yes."}));
  const auto dialogue = history.messages("", std::nullopt);
  EXPECT_LE(estimated_tokens(dialogue), 100U);
  EXPECT_GE(history.turns(), 5U);
  EXPECT_EQ(dialogue[dialogue.size() - 2].text, "turn 50");
}

TEST(DialogueHistory, KeepsTheLatestTurnsWhateverTheyCost) {
  DialogueHistory history(10);
  for (std::uint32_t i = 1; i <= 9; ++i) history.add(TurnId{i}, "a", reply({std::string(8000, 'x')}));
  EXPECT_EQ(history.turns(), kLeastTurns);
}

TEST(DialogueHistory, ShortensTheToolResultsOfTurnsThatAreOver) {
  DialogueHistory history(3000);
  ReplyRecord made;
  made.end_round("", {call("1")});
  made.add_answer(answer("1", std::string(8000, 'x')));
  made.end_round("Done.", {});
  history.add(TurnId{1}, "a", made);
  const auto dialogue = history.messages("", std::nullopt);
  EXPECT_LE(estimated_tokens(dialogue[2].text), DialogueHistory::kOldResultTokens);
}

TEST(DialogueHistory, CutsTheLatestTurnToWhatWasHeard) {
  DialogueHistory history(1000);
  history.add(TurnId{1}, "hi", reply({"Hello.", "Again."}));
  history.add(TurnId{2}, "count", reply({"One.", "Two."}));
  history.cut(TurnId{1}, 1);
  history.cut(TurnId{2}, 1);
  history.cut(TurnId{2}, 0);
  EXPECT_THAT(lines(history.messages("", std::nullopt)),
              ElementsAre("user: hi", "assistant: Hello. Again.", "user: count", "assistant: One."));
}

TEST(DialogueHistory, OfATurnOfWhichNothingWasHeardTheWordsStay) {
  DialogueHistory history(1000);
  history.add(TurnId{1}, "hi", reply({"Hello."}));
  history.add(TurnId{2}, "count", reply({"One."}));
  history.cut(TurnId{2}, 0);
  history.add_interrupted(TurnId{3}, "to ten", ReplyRecord(), 0);
  history.add_interrupted(TurnId{4}, "", ReplyRecord(), 0);
  EXPECT_THAT(lines(history.messages("", std::nullopt)),
              ElementsAre("user: hi", "assistant: Hello.", "user: count", "user: to ten"));
}

TEST(DialogueHistory, JoinsWhatTheServerSaidByItselfWithTheReplyBefore) {
  DialogueHistory history(1000);
  history.add(TurnId{1}, "hi", reply({"Hello."}));
  history.add(TurnId{2}, "", reply({"By the way, it is done."}));
  EXPECT_THAT(lines(history.messages("", "thanks")),
              ElementsAre("user: hi", "assistant: Hello.\nBy the way, it is done.", "user: thanks"));
}

TEST(DialogueHistory, GoesOnFromWhatWasSaid) {
  DialogueHistory history(1000);
  history.add(TurnId{1}, "a", reply({"One."}));
  history.add_interrupted(TurnId{2}, "b", reply({"Two.", "Three."}), 1);
  DialogueHistory other(1000, history.said());
  EXPECT_EQ(lines(other.messages("", "c")), lines(history.messages("", "c")));
  other.cut(TurnId{2}, 0);
  EXPECT_EQ(lines(other.messages("", "c")), lines(history.messages("", "c"))) << "it was heard";
  for (std::uint32_t i = 3; i <= 9; ++i) history.add(TurnId{i}, "a", reply({"Yes."}));
  EXPECT_EQ(DialogueHistory(1, history.said()).turns(), kLeastTurns) << "its own budget counts";
}

}  // namespace
}  // namespace earshot::worker
