#include "worker/conversation/sentence_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> split(const std::vector<std::string>& deltas) {
  SentenceSplitter splitter;
  std::vector<std::string> out;
  for (const std::string& delta : deltas) {
    for (std::string& sentence : splitter.add(delta)) out.push_back(std::move(sentence));
  }
  for (std::string& sentence : splitter.flush()) out.push_back(std::move(sentence));
  return out;
}

TEST(SentenceSplitter, CutsBehindTheMarksOfASentence) {
  EXPECT_THAT(split({"One. Two! Three? Four"}), ElementsAre("One.", "Two!", "Three?", "Four"));
  EXPECT_THAT(split({"你好！我很好。再见"}), ElementsAre("你好！", "我很好。", "再见"));
  EXPECT_THAT(split({"a line\nanother"}), ElementsAre("a line", "another"));
  EXPECT_THAT(split({"  ", " \n "}), IsEmpty());
}

TEST(SentenceSplitter, KeepsNumbersAndAbbreviationsTogether) {
  EXPECT_THAT(split({"It is 3.5 degrees. At 5 p.m. it rains."}),
              ElementsAre("It is 3.5 degrees.", "At 5 p.m. it rains."));
}

TEST(SentenceSplitter, GivesASentenceAsSoonAsItsEndIsCertain) {
  SentenceSplitter splitter;
  EXPECT_THAT(splitter.add("Hello"), IsEmpty());
  EXPECT_THAT(splitter.add("."), IsEmpty());
  EXPECT_THAT(splitter.add(" How"), ElementsAre("Hello."));
  EXPECT_THAT(splitter.add(" are you?"), IsEmpty());
  EXPECT_THAT(splitter.flush(), ElementsAre("How are you?"));
}

TEST(SentenceSplitter, CutsEndlessTextBetweenWordsOrCharacters) {
  std::string words;
  for (int i = 0; i < 300; ++i) words += "word ";
  for (const std::string& sentence : split({words}))
    EXPECT_LE(sentence.size(), SentenceSplitter::kMaxSentenceBytes);
  std::string chinese;
  for (int i = 0; i < 500; ++i) chinese += "字";
  for (const std::string& sentence : split({chinese})) {
    EXPECT_LE(sentence.size(), SentenceSplitter::kMaxSentenceBytes);
    EXPECT_EQ(sentence.size() % 3, 0U);
  }
}

TEST(SentenceSplitter, AnyCutOfTheStreamGivesTheSameSentences) {
  const std::string text = "Hello there. It is 2:05 p.m. now! 你好。Bye? Yes";
  const auto whole = split({text});
  for (std::size_t i = 0; i <= text.size(); ++i)
    EXPECT_EQ(split({text.substr(0, i), text.substr(i)}), whole) << i;
}

}  // namespace
}  // namespace earshot::worker
