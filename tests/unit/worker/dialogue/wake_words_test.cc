#include "worker/dialogue/wake_words.h"

#include <gtest/gtest.h>

#include "worker/speaking/spoken_language.h"

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
  const struct {
    const char* text;
    const char* language;
  } cases[] = {
      {"안녕하세요. 반갑습니다.", "ko-KR"},
      {"こんにちは", "ja-JP"},
      {"東京へ行きます", "ja-JP"},
      {"Привет!", "ru-RU"},
      {"สวัสดีครับ", "th-TH"},
      {"مرحبا", "ar-SA"},
      {"नमस्ते", "hi-IN"},
      {"שלום", "he-IL"},
      {"Καλημέρα", "el-GR"},
      {"我爱the NBA", "zh-CN"},
      {"3.5", "zh-CN"},
      {"…", "zh-CN"},
      {"That is 한 word in a sentence.", "en-US"},
  };
  for (const auto& one : cases) EXPECT_EQ(spoken_language(one.text, "zh-CN"), one.language) << one.text;
}

TEST(SpokenLanguage, AnAgentThatWritesTheScriptKeepsItsOwn) {
  EXPECT_EQ(spoken_language("Привіт", "uk-UA"), "uk-UA");
  EXPECT_EQ(spoken_language("سلام", "fa-IR"), "fa-IR");
  EXPECT_EQ(spoken_language("東京", "ja-JP"), "ja-JP");
  EXPECT_EQ(spoken_language("Bonjour", "fr-FR"), "fr-FR");
  EXPECT_EQ(spoken_language("42", "ko-KR"), "ko-KR");
}

}  // namespace
}  // namespace earshot::worker
