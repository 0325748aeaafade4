// Emoji in a brain's words: taken out of what is spoken, and turned into the face of the device. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// One of the 21 names that every device knows (device-protocol 6.2); empty: no emoji, or none with a mood.
std::string_view emotion_of(char32_t emoji);

// Whether it is one of these names.
bool is_face(std::string_view name);

// Runs on: one thread; one object a reply.
// REQUIRES: pieces are valid UTF-8, cut between characters.
class EmojiEmotion {
 public:
  struct Piece {
    std::string text;          // without emoji, and without the second of two spaces that stood around one
    std::string_view emotion;  // of the first emoji here that has one; empty: none
  };
  Piece feed(std::string_view piece);

 private:
  bool after_emoji_ = false;  // joiners, skin tones and variation selectors belong to it
  bool at_space_ = true;      // what was given so far is empty or ends with a space
};

}  // namespace earshot::worker
