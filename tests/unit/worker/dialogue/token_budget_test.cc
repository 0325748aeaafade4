#include "worker/dialogue/token_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/json.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

TEST(TokenBudget, EstimatesByScript) {
  const struct {
    std::string_view text;
    std::size_t tokens;
  } cases[] = {
      {"", 0},
      {"abcd", 1},
      {"abcde", 2},
      {"The weather is fine.", 5},
      {"今天天气很好", 6},
      {"привет", 3},
      {"こんにちは", 5},
      {"안녕하세요", 5},
      {"😀", 1},
      {"\xff", 1},
      {"\x80\x80\x80\x80", 0},
  };
  for (const auto& one : cases) EXPECT_EQ(estimated_tokens(one.text), one.tokens) << one.text;
}

TEST(TokenBudget, CountsCallsAndTheirArguments) {
  EXPECT_EQ(estimated_tokens(assistant("")), 4U);
  EXPECT_EQ(estimated_tokens(assistant("", {{.id = "1", .name = "abcd", .arguments = "{\"a\":1}"}})), 11U);
}

TEST(TokenBudget, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(shortened("short", 10), "short");
  EXPECT_EQ(shortened("一二三四五六七八九十", 6), "一二三四 [...]");
  const std::string cut = shortened(std::string(4000, 'x'), 100);
  EXPECT_THAT(cut, EndsWith("x [...]"));
  EXPECT_LE(estimated_tokens(cut), 100U);
  EXPECT_EQ(shortened("一二三", 0), " [...]");
  const std::string mixed = shortened("aéà漢字aéà漢字aéà漢字aéà漢字", 7);
  EXPECT_EQ(json::clean_text(mixed, 1000), mixed) << "still valid UTF-8";
}

// kLeastTurns and two more, behind a prompt.
std::vector<Message> five_turns_and_words(const std::string& prompt) {
  std::vector<Message> dialogue = {message(Message::Role::kSystem, prompt)};
  for (int turn = 1; turn <= 5; ++turn) {
    dialogue.push_back(user(std::to_string(turn) + std::string(35, 'w')));  // 13 tokens
    dialogue.push_back(assistant(std::string(36, 'r')));
  }
  dialogue.push_back(user("now" + std::string(33, 'w')));
  return dialogue;
}

TEST(TokenBudget, LetsTheOldestTurnsGoFirstAndDoesNotCountThePrompt) {
  const std::vector<Message> dialogue = five_turns_and_words(std::string(40'000, 'p'));
  EXPECT_EQ(fit_dialogue(dialogue, 11 * 13).size(), 12U);
  const auto fitted = fit_dialogue(dialogue, 11 * 13 - 1);
  ASSERT_EQ(fitted.size(), 10U);
  EXPECT_EQ(fitted[0].role, Message::Role::kSystem);
  EXPECT_THAT(fitted[1].text, StartsWith("2"));
}

TEST(TokenBudget, KeepsTheLatestTurnsAndTheUsersWordsWhateverTheyCost) {
  const auto fitted = fit_dialogue(five_turns_and_words("prompt"), 20);
  ASSERT_EQ(fitted.size(), 2 + 2 * kLeastTurns);
  EXPECT_THAT(fitted[1].text, StartsWith("3"));
  EXPECT_THAT(fitted.back().text, StartsWith("now"));
}

TEST(TokenBudget, ShortensATextThatIsLongerThanTheWholeBudget) {
  const auto fitted =
      fit_dialogue({user("a story"), assistant(std::string(80'000, 's')), user("thanks")}, 100);
  ASSERT_EQ(fitted.size(), 3U);
  EXPECT_LE(estimated_tokens(fitted[1].text), 100U);
  EXPECT_EQ(fit_dialogue({user(std::string(8000, 'w'))}, 100)[0].text.size(), 8000U) << "what is asked now";
}

TEST(TokenBudget, NeverTearsACallFromItsAnswer) {
  std::vector<Message> dialogue = {user("a"),
                                   assistant("", {call("1"), call("2")}),
                                   answer("1", "x"),
                                   answer("2", "y"),
                                   assistant("done"),
                                   user("b"),
                                   assistant("second"),
                                   user("c"),
                                   assistant("third"),
                                   user("d"),
                                   assistant("", {call("3")}),
                                   answer("3", "z"),
                                   user("e")};
  for (std::size_t budget = 0; budget <= estimated_tokens(dialogue); ++budget) {
    const auto fitted = fit_dialogue(dialogue, budget);
    ASSERT_TRUE(fitted.size() == 8 || fitted.size() == 13) << budget;
    EXPECT_EQ(fitted.front().role, Message::Role::kUser);
  }
}

TEST(TokenBudget, ShortensTheOldestResultsOfTheTurnThatGoesOn) {
  const std::string result(4000, 'r');
  const auto fitted = fit_dialogue({user("a"), assistant("", {call("1")}), answer("1", result),
                                    assistant("", {call("2")}), answer("2", result)},
                                   1200);
  EXPECT_LE(estimated_tokens(fitted), 1200U);
  EXPECT_THAT(fitted[2].text, EndsWith(" [...]"));
  EXPECT_EQ(fitted[4].text, result) << "the latest is what the brain asked for";
}

}  // namespace
}  // namespace earshot::worker
