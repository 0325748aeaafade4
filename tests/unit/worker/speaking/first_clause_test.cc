#include "worker/speaking/first_clause.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

std::string clause(std::string_view text) {
  return std::string(text.substr(0, first_clause_bytes(text).value_or(0)));
}

TEST(FirstClause, GoesAheadAtAMarkThatANaturalPauseFollows) {
  EXPECT_EQ(clause("That is a really good question, because it is"), "That is a really good question,");
  EXPECT_EQ(clause("Here is the whole recipe: take two"), "Here is the whole recipe:");
  EXPECT_EQ(clause("I would not do that — it is"), "I would not do that —");
  EXPECT_EQ(clause("I would not do that; it"), "I would not do that;");
  EXPECT_EQ(clause("好的，没问题，我"), "好的，没问题，");
  EXPECT_EQ(clause("今天天气不错,我们"), "今天天气不错,");
  EXPECT_EQ(clause("明日は、たぶん晴れ"), "");
  EXPECT_EQ(clause("明日の天気は、たぶん"), "明日の天気は、");
  EXPECT_EQ(clause("내일은 날씨가 맑고, 바람이 조금"), "내일은 날씨가 맑고,");
}

TEST(FirstClause, WaitsForEnoughWords) {
  EXPECT_EQ(clause("Well, I do not know that"), "");
  EXPECT_EQ(clause("Unfortunately, nobody knows that"), "");
  EXPECT_EQ(clause("好的，我"), "");
  EXPECT_EQ(clause("I am in, you know it"), "");
}

TEST(FirstClause, DoesNotCutNumbersListsAndQuotes) {
  EXPECT_EQ(clause("It costs about 1,000 or even more"), "");
  EXPECT_EQ(clause("The train leaves at 10:30 in the"), "");
  EXPECT_EQ(clause("I really like apples, pears, plums"), "");
  EXPECT_EQ(clause("I really like apples, pears and"), "");
  EXPECT_EQ(clause("She said \"it is raining now, so"), "");
  EXPECT_EQ(clause("This town (which is quite old, but"), "");
  EXPECT_EQ(clause("他说“今天天气不错，我们"), "");
}

TEST(FirstClause, WaitsForTheWordBehindAShortClause) {
  EXPECT_EQ(clause("I can tell you that, my"), "");
  EXPECT_EQ(clause("I can tell you that, my dear"), "I can tell you that,");
}

TEST(FirstClause, LetsASentenceThatIsNearlyOverBe) {
  EXPECT_EQ(clause("That is a really good question, my friend."), "");
}

}  // namespace
}  // namespace earshot::worker
