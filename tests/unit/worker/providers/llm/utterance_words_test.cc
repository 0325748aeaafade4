#include "worker/providers/llm/utterance_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/providers/llm/replies.h"

namespace earshot::worker {
namespace {

using Words = std::vector<std::string>;

TEST(UtteranceWords, CutsAnyTextIntoComparableWords) {
  const std::pair<const char*, Words> cases[] = {
      {"", {}},
      {"  Hello,  WORLD! ", {"hello", "world"}},
      {"What's up?", {"what's", "up"}},
      {"'quoted' words'", {"quoted", "words"}},
      {"50%", {"50", "percent"}},
      {"50percent", {"50", "percent"}},
      {"５", {}},
      {"音量50％", {"音", "量", "50", "percent"}},
      {"你好，小智。", {"你", "好", "小", "智"}},
      {"caf\u00e9 na\u00efve", {"caf\u00e9", "na\u00efve"}},
      {"a\xff\xc3", {"a"}},
  };
  for (const auto& [text, words] : cases) EXPECT_EQ(utterance_words(text), words) << text;
}

TEST(UtteranceWords, StopsAtOneMoreThanACommandCanHave) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a ";
  EXPECT_EQ(utterance_words(text).size(), kMaxCommandWords + 1);
  // A sign that is a word of its own ends the word before it: two at once.
  std::string signs;
  for (int i = 0; i < 1000; ++i) signs += "a%";
  EXPECT_EQ(utterance_words(signs).size(), kMaxCommandWords + 1);
}

TEST(Replies, EveryReplyHasItsWordsInBothLanguagesAndAKnownFace) {
  const std::vector<std::string> faces = {"neutral", "happy",    "sad",   "confused",
                                          "cool",    "thinking", "sleepy"};
  for (int i = 0; i < static_cast<int>(Reply::kCount); ++i) {
    const auto reply = static_cast<Reply>(i);
    const std::string english = reply_text(reply, "en-GB", "7");
    const std::string chinese = reply_text(reply, "zh-TW", "7");
    EXPECT_FALSE(english.empty());
    EXPECT_NE(english, chinese);
    EXPECT_EQ(english.find("{}"), std::string::npos);
    EXPECT_EQ(chinese.find("{}"), std::string::npos);
    EXPECT_THAT(faces, testing::Contains(reply_emotion(reply)));
  }
}

TEST(Replies, SayTheTimeAsPeopleDo) {
  EXPECT_EQ(time_text(0, 0, "en"), "12 o'clock in the morning");
  EXPECT_EQ(time_text(12, 5, "en"), "12:05 in the afternoon");
  EXPECT_EQ(time_text(23, 59, "en"), "11:59 in the evening");
  EXPECT_EQ(time_text(8, 0, "zh"), "8点整");
  EXPECT_EQ(date_text(2026, 1, 4, 0, "en"), "Sunday, January 4, 2026");
}

}  // namespace
}  // namespace earshot::worker
