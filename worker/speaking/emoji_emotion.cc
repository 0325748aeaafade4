#include "worker/speaking/emoji_emotion.h"

#include <algorithm>
#include <array>
#include <utility>

namespace earshot::worker {

namespace {

struct Mood {
  char32_t emoji;
  std::string_view emotion;
};

// The first line of each name is the emoji that the reference ecosystem uses for it (device-protocol 6.2);
// the others are what models write in its place.
constexpr std::array<Mood, 78> kMoods = {{
    {U'😶', "neutral"},     {U'😐', "neutral"},     {U'😑', "neutral"},   {U'🙂', "happy"},
    {U'😊', "happy"},       {U'😀', "happy"},       {U'😃', "happy"},     {U'😄', "happy"},
    {U'😁', "happy"},       {U'🥳', "happy"},       {U'🎉', "happy"},     {U'👍', "happy"},
    {U'☺', "happy"},        {U'😆', "laughing"},    {U'😅', "laughing"},  {U'😂', "funny"},
    {U'🤣', "funny"},       {U'😔', "sad"},         {U'😞', "sad"},       {U'😟', "sad"},
    {U'🙁', "sad"},         {U'☹', "sad"},          {U'😕', "confused"},  {U'🥺', "sad"},
    {U'😥', "sad"},         {U'💔', "sad"},         {U'😠', "angry"},     {U'😡', "angry"},
    {U'😤', "angry"},       {U'🤬', "angry"},       {U'😭', "crying"},    {U'😢', "crying"},
    {U'😿', "crying"},      {U'😍', "loving"},      {U'🥰', "loving"},    {U'❤', "loving"},
    {U'💕', "loving"},      {U'💖', "loving"},      {U'🤗', "loving"},    {U'😳', "embarrassed"},
    {U'🫣', "embarrassed"}, {U'🙈', "embarrassed"}, {U'😲', "surprised"}, {U'😮', "surprised"},
    {U'😯', "surprised"},   {U'🤩', "surprised"},   {U'😱', "shocked"},   {U'😨', "shocked"},
    {U'😰', "shocked"},     {U'🤯', "shocked"},     {U'🤔', "thinking"},  {U'🧐', "thinking"},
    {U'💭', "thinking"},    {U'😉', "winking"},     {U'😎', "cool"},      {U'🆒', "cool"},
    {U'😌', "relaxed"},     {U'🧘', "relaxed"},     {U'😇', "relaxed"},   {U'🤤', "delicious"},
    {U'😋', "delicious"},   {U'🍽', "delicious"},   {U'😘', "kissy"},     {U'😗', "kissy"},
    {U'😚', "kissy"},       {U'😙', "kissy"},       {U'💋', "kissy"},     {U'😏', "confident"},
    {U'💪', "confident"},   {U'😴', "sleepy"},      {U'🥱', "sleepy"},    {U'😪', "sleepy"},
    {U'💤', "sleepy"},      {U'😜', "silly"},       {U'🤪', "silly"},     {U'😝', "silly"},
    {U'🙄', "confused"},    {U'😵', "confused"},
}};

// Blocks of pictures (Unicode 15, emoji-data.txt, whole blocks): none of them is meant for the ear.
bool is_emoji(char32_t c) {
  return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) || (c >= 0x231A && c <= 0x231B) ||
         (c >= 0x23E9 && c <= 0x23FA) || (c >= 0x2B1B && c <= 0x2B1C) || c == 0x2B50 || c == 0x2B55;
}

// Belongs to the emoji before it: joiner, variation selectors, keycap, tags of flags. Elsewhere a joiner is a
// letter's (Persian, Hindi).
bool continues_emoji(char32_t c) {
  return c == 0x200D || c == 0xFE0E || c == 0xFE0F || c == 0x20E3 || (c >= 0xE0020 && c <= 0xE007F);
}

// Takes the character at the front of `text`. Broken bytes are taken one by one as they are.
std::pair<char32_t, std::string_view> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {lead, text.substr(0, 1)};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3FU);
  return {code, text.substr(0, length)};
}

}  // namespace

std::string_view emotion_of(char32_t emoji) {
  const auto* found = std::ranges::find(kMoods, emoji, &Mood::emoji);
  return found == kMoods.end() ? std::string_view{} : found->emotion;
}

bool is_face(std::string_view name) {
  return std::ranges::find(kMoods, name, &Mood::emotion) != kMoods.end();
}

EmojiEmotion::Piece EmojiEmotion::feed(std::string_view piece) {
  Piece out;
  while (!piece.empty()) {
    const auto [code, bytes] = first_character(piece);
    piece.remove_prefix(bytes.size());
    if (is_emoji(code)) {
      after_emoji_ = true;
      if (out.emotion.empty()) out.emotion = emotion_of(code);
      continue;
    }
    if (code == 0xFE0F || (after_emoji_ && continues_emoji(code))) continue;
    const bool space = code == ' ';
    if (std::exchange(after_emoji_, false) && space && at_space_) continue;
    at_space_ = space;
    out.text += bytes;
  }
  return out;
}

}  // namespace earshot::worker
