#include "worker/providers/tts/edge_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/providers/tts/speech_text.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;

WallTime unix_time(std::int64_t unix_seconds) {
  return WallTime(std::chrono::seconds(unix_seconds));
}

TEST(EdgeFrames, TheTokenIsThatOfTheVector) {
  EXPECT_EQ(edge_token(unix_time(1735689737)),
            "B0EDD22C7C09868E2F24C10264A8A3EB877773A7B6040B68AFA4FBCBABEA0238");
  EXPECT_EQ(edge_token(unix_time(1735689737)), edge_token(unix_time(1735689600)));
  EXPECT_NE(edge_token(unix_time(1735689737)), edge_token(unix_time(1735689900)));
}

TEST(EdgeFrames, DatesGoBothWays) {
  EXPECT_EQ(edge_date(unix_time(1735689600)),
            "Wed Jan 01 2025 00:00:00 GMT+0000 (Coordinated Universal Time)");
  EXPECT_EQ(parse_http_date("Wed, 01 Jan 2025 00:00:00 GMT"), unix_time(1735689600));
  for (const char* bad :
       {"", "Wed, 01 Jan 2025 00:00:00 CET", "Wed, 32 Jan 2025 00:00:00 GMT", "Wed, 01 Foo 2025 00:00:00 GMT",
        "Wed, 01 Jan 2025 24:00:00 GMT", "Wed, -1 Jan 2025 00:00:00 GMT"}) {
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
  }
}

TEST(EdgeFrames, TextCannotLeaveItsElement) {
  EXPECT_EQ(edge_escape("a < b & 'c' > d\x01"), "a &lt; b &amp; &apos;c&apos; &gt; d ");
  EXPECT_THAT(edge_ssml_message({.name = "x' evil='"}, "</voice>", "1", unix_time(0)),
              testing::AllOf(HasSubstr("x&apos; evil=&apos;"), HasSubstr("&lt;/voice&gt;")));
}

TEST(EdgeFrames, LongTextIsCutBetweenCharactersAndEntities) {
  std::string ampersands(3000, '&');
  EXPECT_EQ(edge_escape(ampersands).size(), 4095u);
  std::string han;
  for (int i = 0; i < 2000; ++i) han += "\xE4\xBD\xA0";
  EXPECT_EQ(edge_escape(han).size(), 4095u);
}

TEST(EdgeFrames, VoicesAreExpanded) {
  EXPECT_EQ(edge_voice_name("zh-CN-XiaoxiaoNeural"),
            "Microsoft Server Speech Text to Speech Voice (zh-CN, XiaoxiaoNeural)");
  EXPECT_EQ(edge_voice_name("zh-CN-liaoning-XiaobeiNeural"),
            "Microsoft Server Speech Text to Speech Voice (zh-CN-liaoning, XiaobeiNeural)");
  EXPECT_EQ(edge_voice_name("plain"), "plain");
}

TEST(EdgeFrames, OnlyAudioMessagesWithATypeHoldSound) {
  const auto frame = [](const std::string& headers, const std::string& audio) {
    std::string out(2, '\0');
    out[0] = static_cast<char>(headers.size() >> 8);
    out[1] = static_cast<char>(headers.size() & 0xFF);
    return out + headers + audio;
  };
  EXPECT_EQ(as_text(edge_audio(as_bytes(frame("Content-Type:audio/mpeg\r\nPath:audio\r\n", "mp3")))), "mp3");
  EXPECT_TRUE(edge_audio(as_bytes(frame("Path:audio\r\n", "mp3"))).empty());
  EXPECT_TRUE(edge_audio(as_bytes(frame("Content-Type:a\r\nPath:other\r\n", "mp3"))).empty());
  EXPECT_TRUE(edge_audio(as_bytes(std::string("\xFF\xFFPath:audio", 12))).empty());
  EXPECT_TRUE(edge_audio(as_bytes(std::string("\x01"))).empty());
  EXPECT_EQ(edge_path("X-RequestId:1\r\nPath:turn.end\r\n\r\nPath:other"), "turn.end");
  EXPECT_EQ(edge_path("no headers"), "");
}

TEST(SpeechText, OnlyLettersAndDigitsAreSpeakable) {
  for (const char* text : {"a", "7", "\xE4\xBD\xA0", "\xC3\xA9", "\xD0\xB4", "...x", "\xE3\x81\x82"})
    EXPECT_TRUE(speakable(text)) << text;
  for (const char* text :
       {"", "...", "\xE3\x80\x82", "\xEF\xBC\x81", "\xF0\x9F\x98\x80", "\xE2\x80\xA6", " \n", "\xFF"})
    EXPECT_FALSE(speakable(text)) << text;
}

}  // namespace
}  // namespace earshot::worker
