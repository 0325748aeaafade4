#include "worker/speaking/emoji_emotion.h"

#include <gtest/gtest.h>

#include <set>

namespace earshot::worker {
namespace {

TEST(EmojiEmotion, EachOfTheDevices21NamesHasAnEmoji) {
  const std::pair<char32_t, std::string_view> kNames[] = {
      {U'😶', "neutral"},     {U'🙂', "happy"},     {U'😆', "laughing"}, {U'😂', "funny"},
      {U'😔', "sad"},         {U'😠', "angry"},     {U'😭', "crying"},   {U'😍', "loving"},
      {U'😳', "embarrassed"}, {U'😲', "surprised"}, {U'😱', "shocked"},  {U'🤔', "thinking"},
      {U'😉', "winking"},     {U'😎', "cool"},      {U'😌', "relaxed"},  {U'🤤', "delicious"},
      {U'😘', "kissy"},       {U'😏', "confident"}, {U'😴', "sleepy"},   {U'😜', "silly"},
      {U'🙄', "confused"}};
  std::set<std::string_view> names;
  for (const auto& [emoji, name] : kNames) {
    EXPECT_EQ(emotion_of(emoji), name);
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 21U);
  EXPECT_EQ(emotion_of(U'🚗'), "");
}

struct EmojiCase {
  std::string_view in, text, emotion;
};

TEST(EmojiEmotion, TakesEmojiOutAndNamesTheFirstMood) {
  const EmojiCase kCases[] = {
      {"😊 Hello", "Hello", "happy"},
      {"😊你好！", "你好！", "happy"},
      {"Well 🤔 maybe 😂", "Well maybe ", "thinking"},
      {"A car 🚗.", "A car .", ""},
      {"I ❤️ you", "I you", "loving"},
      {"Thumbs 👍🏽 up", "Thumbs up", "happy"},
      {"Family 👨‍👩‍👧 time", "Family time", ""},
      {"🇩🇪 Berlin", "Berlin", ""},
      {"No emoji: 3 > 2, 20 °C, ™", "No emoji: 3 > 2, 20 °C, ™", ""},
      {"नमस्ते क्‍ष", "नमस्ते क्‍ष", ""},
      {"", "", ""},
  };
  for (const EmojiCase& one : kCases) {
    EmojiEmotion filter;
    const auto piece = filter.feed(one.in);
    EXPECT_EQ(piece.text, one.text) << one.in;
    EXPECT_EQ(piece.emotion, one.emotion) << one.in;
  }
}

TEST(EmojiEmotion, KeepsItsPlaceBetweenPieces) {
  EmojiEmotion filter;
  std::string text;
  std::string moods;
  for (const std::string_view piece : {"Hi ", "👩", "\xE2\x80\x8D", "🔧", "\xEF\xB8\x8F", " there", "😜"}) {
    const auto made = filter.feed(piece);
    text += made.text;
    moods += made.emotion;
  }
  EXPECT_EQ(text, "Hi there");
  EXPECT_EQ(moods, "silly");
}

TEST(EmojiEmotion, SurvivesBrokenBytes) {
  EmojiEmotion filter;
  EXPECT_EQ(filter.feed("a\xF0\x9F").text, "a\xF0\x9F");
  EXPECT_EQ(filter.feed("\x80\xFF").text, "\x80\xFF");
}

}  // namespace
}  // namespace earshot::worker
