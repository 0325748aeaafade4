#include "worker/conversation/wake_words.h"

#include <gtest/gtest.h>

#include "worker/conversation/spoken_language.h"

namespace earshot::worker {
namespace {

TEST(WakeWords, FindsThemInAnySpelling) {
  const WakeWords words(WakeWords::usual());
  for (const char* text :
       {"hi esp", "Hi,ESP", "HiESP!", "你好小智", "你好，小智。", "Alexa", "Hey, Willow"}) {
    EXPECT_TRUE(words.contains(text)) << text;
  }
}

TEST(WakeWords, ASentenceIsNone) {
  const WakeWords words(WakeWords::usual());
  for (const char* text : {"", "...", "hi", "hello", "alexa what time is it", "你好"}) {
    EXPECT_FALSE(words.contains(text)) << text;
  }
  EXPECT_FALSE(words.contains(std::string(100'000, 'a')));
}

TEST(SpokenLanguage, FollowsTheScriptOfTheText) {
  EXPECT_EQ(spoken_language("Hello", "en-GB"), "en-GB");
  EXPECT_EQ(spoken_language("Hello", "zh-CN"), "en-US");
  EXPECT_EQ(spoken_language("你好", "en-GB"), "zh-CN");
  EXPECT_EQ(spoken_language("你好 Bob", "zh-TW"), "zh-TW");
  EXPECT_EQ(spoken_language("東京", "ja-JP"), "ja-JP");
  EXPECT_EQ(spoken_language("Grüße", "de-DE"), "de-DE");
  EXPECT_EQ(spoken_language("", ""), "");
}

}  // namespace
}  // namespace earshot::worker
