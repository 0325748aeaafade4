#include "worker/spoken_text/transcript_words.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(TranscriptWords, NumbersAndShortAnswersAreWords) {
  for (const char* said :
       {"好", "5", "42", "３", "no", "네", "はい。", "I", "(really) yes", "[noise] stop", "a*b", "5 * 3",
        "Thank you.", "Bye.", "谢谢。", "ありがとうございました", "नमस्ते", "สวัสดี"}) {
    EXPECT_TRUE(has_spoken_words(said, Milliseconds(1200))) << said;
    EXPECT_TRUE(has_spoken_words(said, Milliseconds(0))) << said;
  }
}

TEST(TranscriptWords, MarksAndNotesAreNone) {
  for (const char* noise :
       {"", ".", "。", "… !", "🎼", "🎵🎵", "[BLANK_AUDIO]", "(coughs)", "（咳嗽）", "*laughs*", "♪ la la ♪",
        "【音楽】", "[MUSIC] (applause)", "<noise>", "- -", "?!"}) {
    EXPECT_FALSE(has_spoken_words(noise, Milliseconds(5000))) << noise;
  }
}

TEST(TranscriptWords, CreditLinesAreNone) {
  for (const char* noise :
       {"Subtitles by the Amara.org community", "Thanks for watching!", "ご視聴ありがとうございました。",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "MBC 뉴스 이덕영입니다.",
        "Untertitelung des ZDF, 2020", "Sous-titres réalisés para la communauté d'Amara.org",
        "Продолжение следует..."}) {
    EXPECT_FALSE(has_spoken_words(noise, Milliseconds(5000))) << noise;
  }
  EXPECT_FALSE(has_spoken_words("You", Milliseconds(2500))) << "for rain";
  EXPECT_TRUE(has_spoken_words("You too", Milliseconds(400)));
  EXPECT_TRUE(has_spoken_words("Thanks for watching the dog while I was out", Milliseconds(2000)));
}

TEST(TranscriptWords, AShortSentenceNeedsAsMuchSoundAsItTakes) {
  EXPECT_FALSE(has_spoken_words("Thank you.", Milliseconds(100)));
  EXPECT_TRUE(has_spoken_words("Thank you.", Milliseconds(120)));
  EXPECT_FALSE(has_spoken_words("Bye.", Milliseconds(40)));
  EXPECT_TRUE(has_spoken_words("Bye.", Milliseconds(60)));
  EXPECT_FALSE(has_spoken_words("ありがとうございました", Milliseconds(300)));
  EXPECT_TRUE(has_spoken_words("Stop.", Milliseconds(20))) << "no recogniser is known to write it for noise";
}

}  // namespace
}  // namespace earshot::worker
