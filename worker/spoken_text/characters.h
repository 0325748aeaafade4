// The characters of a text: UTF-8 taken apart and put together, and what kind of character each is.
// Pure. Unicode's tables are ICU's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace earshot::worker {

// Whose letters these are, as far as a voice is chosen by it. kNone: digits, marks, blanks, emoji.
enum class Script {
  kNone,
  kLatin,
  kHan,
  kKana,
  kHangul,
  kCyrillic,
  kGreek,
  kThai,
  kArabic,
  kHebrew,
  kDevanagari,
  kOther,
  kCount
};

struct Character {
  char32_t code = 0;      // U+FFFD: the bytes are no UTF-8
  std::size_t bytes = 0;  // at least 1
};

// REQUIRES: `at` < text.size().
Character character_at(std::string_view text, std::size_t at);
// The one that ends before `end`.
// REQUIRES: 0 < `end` <= text.size().
Character character_before(std::string_view text, std::size_t end);
void append_character(std::string& out, char32_t code);

Script script_of(char32_t code);
char32_t folded(char32_t code);         // the same for great and small letters
bool is_letter(char32_t code);          // ideographs and syllables are letters, too
bool is_word_character(char32_t code);  // a letter, a digit, or a mark upon one
bool has_word_characters(std::string_view text);
// Chinese, Japanese: no blanks between the words.
bool is_written_without_blanks(char32_t code);

}  // namespace earshot::worker
