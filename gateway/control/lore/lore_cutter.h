// Cuts a text into passages that answer a question by themselves: by headings (of Markdown) and paragraphs, long ones at
// the ends of sentences. Pure.
//
// A passage has kLeastCharacters to kMostCharacters where the text allows it: fewer tell too little, and more make room
// in a prompt for fewer of them. The headings above it stand in front of it, so that its words find it.
// Lifecycle: made -> next() until it gives none. A call reads on until it has its
// passages or the text ends: blank lines and headings alone cost it their whole length.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/lore_store.h"

namespace earshot::gateway {

class LoreCutter {
 public:
  static constexpr std::size_t kLeastCharacters = 200;
  static constexpr std::size_t kMostCharacters = 800;
  static constexpr std::size_t kMostBytes = 1000;  // 330 Han characters
  static constexpr std::size_t kMostHeadingBytes = 150;
  enum class Kind { kPlain, kMarkdown };

  // `text`: valid UTF-8.
  LoreCutter(std::string text, Kind kind) : text_(std::move(text)), kind_(kind) {}

  // RETURNS: at most `most`; none: the text is over.
  std::vector<store::LorePassage> next(std::size_t most);

 private:
  void take_line(std::string_view line);
  bool take_heading(std::string_view line);
  void add(std::string_view piece);
  void end_passage();
  std::size_t room_for(std::string_view piece) const;

  std::string text_;
  Kind kind_;
  std::size_t at_ = 0;
  std::size_t line_end_ = 0;  // of the line that at_ is in; 0: not looked for yet
  bool in_code_ = false;      // between fences: nothing is a heading there
  bool new_paragraph_ = false;
  std::array<std::string, 6> headings_;
  std::string passage_;
  std::size_t characters_ = 0;
  std::vector<store::LorePassage> cut_;
};

}  // namespace earshot::gateway
