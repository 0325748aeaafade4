#include "worker/providers/tts/phoneme_sentences.h"

#include <gtest/gtest.h>

#include <random>

namespace earshot::worker {
namespace {

std::string shown(const std::vector<SpokenClause>& clauses) {
  std::string text;
  for (const SpokenClause& clause : clauses)
    text += "[" + clause.text + "]" + (clause.mark != 0 ? std::string(1, clause.mark) : "_");
  return text;
}

TEST(PhonemeSentences, AreClausesUpToTheirMarks) {
  const struct {
    std::string text;
    std::string clauses;
  } cases[] = {
      {"Hello there, it is late. Good night!", "[Hello there],[it is late].[Good night]!"},
      {"no end", "[no end]_"},
      {"It costs 3.50, or 1,000 at 12:30.", "[It costs 3.50],[or 1,000 at 12:30]."},
      {"He said \"stop!\" and left...  Why?", "[He said \"stop]![and left].[Why]?"},
      {"你好，世界。", "[你好],[世界]."},
      {" ... ", ""},
      {"", ""},
      {"?!", ""},
  };
  for (const auto& one : cases) EXPECT_EQ(shown(clauses_of(one.text)), one.clauses) << one.text;
}

TEST(PhonemeSentences, EndAtFullStopsAndRunOnAtCommas) {
  PhonemeSentences sentences;
  sentences.add("ab", ',');
  sentences.add("c d", '.');
  sentences.add("", '.');
  sentences.add("e", 0);
  using Symbols = std::vector<std::int32_t>;
  EXPECT_EQ(sentences.take(), (std::vector<Symbols>{{'a', 'b', ',', ' ', 'c', ' ', 'd', '.'}, {'e'}}));
  EXPECT_TRUE(sentences.take().empty());
}

TEST(PhonemeSentences, HoldNoMarksOfOtherLanguagesAndNoLettersWithSigns) {
  PhonemeSentences sentences;
  sentences.add("(en)ˈa(de) iç ɑ̃ ã", '.');
  using Symbols = std::vector<std::int32_t>;
  EXPECT_EQ(sentences.take(), (std::vector<Symbols>{{0x02C8, 'a', ' ', 'i', 'c', 0x0327, ' ', 0x0251, 0x0303,
                                                     ' ', 'a', 0x0303, '.'}}));
}

TEST(PhonemeSentences, AreCutAtASpaceWhenTheyAreLong) {
  PhonemeSentences sentences;
  std::string ipa;
  for (int i = 0; i < 1000; ++i) ipa += "ab ";
  sentences.add(ipa, '.');
  const auto all = sentences.take();
  EXPECT_GE(all.size(), 7U);
  for (const auto& sentence : all) {
    EXPECT_LE(sentence.size(), PhonemeSentences::kMaxSymbols + 4);
    EXPECT_EQ(sentence.front(), 'a');
  }
}

TEST(PhonemeSentences, StandAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, ' ');
    for (char& byte : bytes)
      byte = static_cast<char>(random() % 3 == 0 ? random()
                                                 : std::uint32_t{"(). ,!a\xe2"[random() % 8] & 0xFFU});
    PhonemeSentences sentences;
    for (const SpokenClause& clause : clauses_of(bytes)) sentences.add(clause.text, clause.mark);
    for (const auto& sentence : sentences.take()) EXPECT_FALSE(sentence.empty());
  }
}

}  // namespace
}  // namespace earshot::worker
