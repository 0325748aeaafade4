#include "gateway/control/lore/lore_cutter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/json.h"

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> cut(const std::string& text, LoreCutter::Kind kind = LoreCutter::Kind::kMarkdown,
                             std::size_t at_once = 3) {
  LoreCutter cutter(text, kind);
  std::vector<std::string> all;
  while (true) {
    const auto some = cutter.next(at_once);
    EXPECT_LE(some.size(), at_once);
    if (some.empty()) return all;
    for (const auto& one : some) all.push_back(one.text);
  }
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(LoreCutter, AShortTextIsOnePassage) {
  EXPECT_THAT(cut("The museum opens at nine.\r\n\r\nDogs stay outside.\n"),
              ElementsAre("The museum opens at nine.\nDogs stay outside."));
  EXPECT_THAT(cut(""), IsEmpty());
  EXPECT_THAT(cut("\n \n\t\n"), IsEmpty());
}

TEST(LoreCutter, HeadingsPartPassagesAndStandInFrontOfThem) {
  EXPECT_THAT(cut("# Museum\n## Hours ##\nNine to five.\n## Dogs\nOutside.\n# Zoo\nTen.\n"),
              ElementsAre("Museum / Hours: Nine to five.", "Museum / Dogs: Outside.", "Zoo: Ten."));
}

TEST(LoreCutter, OnlyMarkdownHasHeadings) {
  EXPECT_THAT(cut("# one\ntwo", LoreCutter::Kind::kPlain), ElementsAre("# one two"));
  EXPECT_THAT(cut("#hash\n```\n# code\n```\n"), ElementsAre("#hash # code"));
}

TEST(LoreCutter, ParagraphsAreJoinedUntilTheyAreEnough) {
  const std::string paragraph = repeated("word ", 25);  // 125 characters
  const auto passages = cut(paragraph + "\n\n" + paragraph + "\n\n" + paragraph + "\n\n");
  ASSERT_THAT(passages, SizeIs(2));
  EXPECT_GE(passages[0].size(), LoreCutter::kLeastCharacters);
}

TEST(LoreCutter, LongParagraphsAreCutBehindSentences) {
  const auto passages = cut(repeated("The quick brown fox jumps over the lazy dog. ", 100));
  EXPECT_GT(passages.size(), 4U);
  for (const std::string& one : passages) {
    EXPECT_LE(one.size(), LoreCutter::kMostCharacters);
    EXPECT_TRUE(one.starts_with("The quick")) << one;
    EXPECT_TRUE(one.ends_with("dog.")) << one;
  }
}

TEST(LoreCutter, ChineseIsCutBehindSentencesAndNeverWithinACharacter) {
  const auto passages = cut(repeated("植物园早上八点开门，晚上六点关门。", 200));
  EXPECT_GT(passages.size(), 5U);
  for (const std::string& one : passages) {
    EXPECT_LE(one.size(), LoreCutter::kMostBytes);
    EXPECT_TRUE(one.ends_with("。")) << one;
    EXPECT_EQ(json::clean_text(one, one.size()), one);
  }
}

TEST(LoreCutter, NoWordIsLostOfALineWithoutEnd) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "w" + std::to_string(i) + ' ';
  std::string joined;
  for (const std::string& one : cut(text)) joined += one + ' ';
  EXPECT_EQ(joined, text);
}

TEST(LoreCutter, WithoutBlanksAndSentencesItIsCutSomewhere) {
  for (const std::string& text : {std::string(5000, 'x'), repeated("字", 3000)}) {
    std::size_t bytes = 0;
    for (const std::string& one : cut(text)) {
      EXPECT_LE(one.size(), LoreCutter::kMostBytes);
      bytes += one.size();
    }
    EXPECT_GE(bytes, text.size());
  }
}

TEST(LoreCutter, HeadingsAreBounded) {
  const auto passages = cut("# " + std::string(900, 'h') + "\n## short\ntext\n");
  EXPECT_THAT(passages, ElementsAre("short: text"));
  EXPECT_THAT(cut("####### seven\n"), ElementsAre(HasSubstr("seven")));
}

}  // namespace
}  // namespace earshot::gateway
