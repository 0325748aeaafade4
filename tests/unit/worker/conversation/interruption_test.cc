#include "worker/conversation/interruption.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(InterruptionTest, NeedsWords) {
  for (const char* text : {"", " ", "...", "。", "!?"})
    EXPECT_FALSE(is_interruption(text, false, {})) << text;
  for (const char* text :
       {"stop", "no", "wait", "Turn off the light", "停", "不要说了", "待って", "그만", "5"})
    EXPECT_TRUE(is_interruption(text, true, {})) << text;
}

TEST(InterruptionTest, AListenersMurmurDoesNotEndAReplyThatGoesOn) {
  for (const char* text : {"Mhm.", "uh-huh", "I see.", "OK", "Yeah, yeah.", "嗯", "嗯嗯。", "对对对", "はい",
                           "なるほど。", "네", "genau", "d'accord", "vale"}) {
    EXPECT_FALSE(is_interruption(text, true, {})) << text;
    EXPECT_TRUE(is_interruption(text, false, {})) << text << ": an answer, when the reply is over";
  }
  EXPECT_TRUE(is_interruption("OK, stop.", true, {}));
  EXPECT_TRUE(is_interruption("好了别说了", true, {}));
}

TEST(InterruptionTest, CountsWordsOfEveryScript) {
  EXPECT_EQ(spoken_words(""), 0);
  EXPECT_EQ(spoken_words("... !"), 0);
  EXPECT_EQ(spoken_words("don't stop"), 2);
  EXPECT_EQ(spoken_words("uh-huh"), 2);
  EXPECT_EQ(spoken_words("今天天气"), 4);
  EXPECT_EQ(spoken_words("今天 OK 吗？"), 4);
  EXPECT_EQ(spoken_words("그만 하세요"), 2);
  EXPECT_LE(spoken_words("\xe4"), 1) << "half a character";
}

TEST(InterruptionTest, AsManyWordsAsTheOperatorWants) {
  EXPECT_FALSE(is_interruption("wait", true, {.min_words = 2}));
  EXPECT_TRUE(is_interruption("wait please", true, {.min_words = 2}));
  EXPECT_TRUE(is_interruption("wait", false, {.min_words = 2})) << "there is no reply any more";
}

}  // namespace
}  // namespace earshot::worker
