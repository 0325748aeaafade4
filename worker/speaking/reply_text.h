// The words of a brain on their way to voice and face: broken UTF-8 mended, emoji taken out and turned into a
// mood, the marks of Markdown taken away, the rest cut into sentences.
// Bounded: what a reply has beyond its limit is left out. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "worker/speaking/emoji_emotion.h"
#include "worker/speaking/sentence_splitter.h"
#include "worker/spoken_text/markdown_text.h"

namespace earshot::worker {

class ReplyText {
 public:
  struct Piece {
    std::string_view emotion;  // of the first emoji of the reply that has one; else empty
    std::string text;          // without emoji, marks and all: for the history
    std::vector<std::string>
        sentences;  // that became complete: shown as they are, spoken as SpokenForm has it
  };

  explicit ReplyText(std::size_t max_bytes) : room_(max_bytes) {}

  // A character may be split over deltas.
  Piece add(std::string_view delta);
  Piece flush();                           // the round is over
  bool full() const { return room_ < 4; }  // nothing more is taken: not even one character of any script

 private:
  Piece take(std::string_view text);

  std::size_t room_;
  std::string begun_;  // of a character whose rest has not come yet
  EmojiEmotion emoji_;
  bool mood_known_ = false;
  MarkdownText markdown_;
  SentenceSplitter splitter_;
};

}  // namespace earshot::worker
