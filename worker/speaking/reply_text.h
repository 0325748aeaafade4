// The words of a brain on their way to voice and face: broken UTF-8 mended, emoji and words like "[happy]" taken out and
// turned into a mood, the marks of Markdown taken away, the rest cut into sentences.
// Bounded: what a reply has beyond its limit is left out. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/speaking/emoji_emotion.h"
#include "worker/speaking/emotion_tags.h"
#include "worker/speaking/sentence_splitter.h"
#include "worker/spoken_text/markdown_text.h"

namespace earshot::worker {

class ReplyText {
 public:
  struct Piece {
    std::string emotion;  // of the first emoji or tag of the reply that has one; else empty
    std::string text;     // without emoji, marks and all: for the history
    std::vector<std::string>
        sentences;  // that became complete: shown as they are, spoken as SpokenForm has it
    // From this sentence on (its place in `sentences`, or the next that comes), the voice feels so.
    std::vector<std::pair<std::size_t, std::string>> feelings;
  };

  // `emotions`: words of the agent's character for tags, and the face for each (emotion_tags.h).
  explicit ReplyText(std::size_t max_bytes, std::map<std::string, std::string> emotions = {})
      : room_(max_bytes), tags_(std::move(emotions)) {}

  // A character may be split over deltas.
  Piece add(std::string_view delta);
  Piece flush();                           // the round is over
  bool full() const { return room_ < 4; }  // nothing more is taken: not even one character of any script

 private:
  Piece take(std::string_view text);
  void speak(std::string_view text, Piece& piece);
  void set_mood(std::string_view face, Piece& piece);

  std::size_t room_;
  std::string begun_;  // of a character whose rest has not come yet
  EmotionTags tags_;
  EmojiEmotion emoji_;
  bool mood_known_ = false;
  MarkdownText markdown_;
  SentenceSplitter splitter_;
};

}  // namespace earshot::worker
