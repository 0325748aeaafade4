#include "worker/speaking/reply_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

// RETURNS: how many bytes at the end begin a character that is not complete.
std::size_t begun_bytes(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<std::uint8_t>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

ReplyText::Piece ReplyText::add(std::string_view delta) {
  begun_ += delta;
  const std::size_t begun = begun_bytes(begun_);
  const std::string whole = begun_.substr(0, begun_.size() - begun);
  begun_.erase(0, whole.size());
  return take(whole);
}

ReplyText::Piece ReplyText::flush() {
  Piece piece = take(std::exchange(begun_, {}));
  speak(tags_.flush(), piece);
  std::ranges::move(splitter_.add(markdown_.flush()), std::back_inserter(piece.sentences));
  std::ranges::move(splitter_.flush(), std::back_inserter(piece.sentences));
  return piece;
}

ReplyText::Piece ReplyText::take(std::string_view text) {
  Piece piece;
  const std::string clean = json::clean_text(text, std::min(text.size() * 3, room_));
  room_ -= clean.size();
  for (const EmotionTags::Part& part : tags_.feed(clean)) {
    speak(part.text, piece);
    if (part.tag.empty()) continue;
    // What stands in front of a tag is not meant by it.
    std::ranges::move(splitter_.flush(), std::back_inserter(piece.sentences));
    piece.feelings.emplace_back(piece.sentences.size(), part.tag);
    set_mood(part.face, piece);
  }
  return piece;
}

void ReplyText::speak(std::string_view text, Piece& piece) {
  EmojiEmotion::Piece spoken = emoji_.feed(text);
  set_mood(spoken.emotion, piece);
  std::ranges::move(splitter_.add(markdown_.add(spoken.text)), std::back_inserter(piece.sentences));
  piece.text += spoken.text;
}

void ReplyText::set_mood(std::string_view face, Piece& piece) {
  if (face.empty() || std::exchange(mood_known_, true)) return;
  piece.emotion = face;
}

}  // namespace earshot::worker
