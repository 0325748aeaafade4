#include "worker/providers/llm/phrase_pattern.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(PhrasePatternTest, ReadsNoFurtherThanItsSteps) {
  const PhrasePattern greedy("<a> <b> <c> <d> end");
  std::vector<std::string> words(64, "word");
  words.insert(words.begin(), "end");  // the word is there, at the wrong place
  int tests = 0;
  EXPECT_FALSE(greedy.match(words, [&](std::string_view, std::span<const std::string>) {
    ++tests;
    return true;
  }));
  EXPECT_LE(tests, PhrasePattern::kMaxSteps);
}

TEST(PhrasePatternTest, AsksForNoSlotWhenAWordIsMissing) {
  const PhrasePattern pattern("(set | start) a timer for <a>");
  int tests = 0;
  const auto count = [&](std::string_view, std::span<const std::string>) {
    ++tests;
    return true;
  };
  EXPECT_FALSE(pattern.match(std::vector<std::string>{"set", "a", "clock", "for", "ten"}, count));
  EXPECT_EQ(tests, 0);
  const auto match = pattern.match(std::vector<std::string>{"start", "a", "timer", "for", "ten"}, count);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->slots.front().first, 4U);
}

}  // namespace
}  // namespace earshot::worker
