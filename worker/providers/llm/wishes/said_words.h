// What was said or typed as free text, cut into words that know where they stood, so that a part of it can be
// given back as the user wrote it. Pure.
//
// Lower case, no punctuation; each Chinese character is a word; "2.5", "7:30" and "1,000" (as "1000") are one
// word; + - * / = ^ ( ) and % (as "percent") are words; x between numbers and the signs of mathematics are the
// plain ones ("×" is "*"); letters behind digits are a word of their own ("5km": 5 km).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

// Longer texts are no wish: they have no words here.
inline constexpr std::size_t kMaxSaidBytes = 1024;
inline constexpr std::size_t kMaxSaidWords = 64;

struct SaidWords {
  struct Place {
    std::size_t begin = 0;  // bytes of `text`
    std::size_t end = 0;
  };
  std::string text;
  std::vector<std::string> words;  // at most kMaxSaidWords; else none
  std::vector<Place> places;       // of each word

  // The words [first, last) as they were written, without the marks around them.
  std::string as_written(std::size_t first, std::size_t last) const;
};

SaidWords said_words(std::string_view text);

}  // namespace earshot::worker
