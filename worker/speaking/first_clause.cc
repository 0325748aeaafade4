#include "worker/speaking/first_clause.h"

#include <algorithm>
#include <array>
#include <string>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kLeastWords = 3;
// A list goes on with one of these, or with a word and a comma.
constexpr auto kAnd =
    std::to_array<std::string_view>({"and", "or", "und", "oder", "y", "e", "o", "et", "ou", "и", "или"});

bool is_gap(char32_t code) {
  return code == ' ' || code == '\t';
}

bool is_number_character(char32_t code) {
  return code >= '0' && code <= '9';
}

bool is_wide_mark(char32_t code) {
  return code == 0xFF0C || code == 0x3001 || code == 0xFF1A || code == 0xFF1B || code == 0x060C ||
         code == 0x061B;
}

bool is_narrow_mark(char32_t code) {
  return code == ',' || code == ':' || code == ';';
}

bool is_dash(char32_t code) {
  return code == 0x2013 || code == 0x2014;
}

// What is open and not closed: quotes that look alike on both sides are counted.
class Nesting {
 public:
  void add(char32_t code, bool letter_before) {
    switch (code) {
      case '"':
        quoted_ = !quoted_;
        return;
      case '(':
      case '[':
      case 0x201C:  // “
      case 0x201E:  // „ , which “ closes
      case 0xAB:    // «
      case 0x300C:  // 「
      case 0x300E:  // 『
      case 0xFF08:  // （
      case 0x300A:  // 《
        if (code == 0x201C && low_) {
          low_ = false;
          depth_ -= 1;
        } else {
          low_ = low_ || code == 0x201E;
          depth_ += 1;
        }
        return;
      case ')':
      case ']':
      case 0x201D:
      case 0xBB:
      case 0x300D:
      case 0x300F:
      case 0xFF09:
      case 0x300B:
        depth_ -= depth_ > 0 ? 1 : 0;
        return;
      case '\'':
        if (!letter_before) single_ = true;
        return;
      default:
        return;
    }
  }
  bool inside() const { return quoted_ || single_ || depth_ > 0; }

 private:
  int depth_ = 0;
  bool low_ = false;
  bool quoted_ = false;
  bool single_ = false;  // whether it was closed nobody can tell from an apostrophe
};

// The word behind the comma decides, and the one behind that if it is here already.
// RETURNS: nullopt: not even the first is whole.
std::optional<bool> goes_on_as_list(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = rest.find(' ');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  const std::string_view next = rest.substr(0, rest.find(' '));
  return word.ends_with(',') || std::ranges::find(kAnd, next) != kAnd.end();
}

}  // namespace

std::optional<std::size_t> first_clause_bytes(std::string_view text) {
  // The end of the sentence is nearly in sight.
  if (!text.empty() && std::string_view(".!?").find(text.back()) != std::string_view::npos)
    return std::nullopt;
  Milliseconds spoken{0};
  std::size_t words = 0;
  bool blanks = true;  // the script has them
  bool in_word = false;
  char32_t before = 0;
  Nesting nesting;
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    const std::size_t end = i + one.bytes;
    const bool letter = is_word_character(one.code);
    if (letter && !in_word) ++words;
    in_word = letter || (in_word && (one.code == '\'' || one.code == 0x2019));
    if (is_written_without_blanks(one.code)) {
      blanks = false;
      spoken += Milliseconds(script_of(one.code) == Script::kHan ? 210 : 130);
    } else if (letter) {
      spoken += Milliseconds(script_of(one.code) == Script::kHangul ? 180
                             : is_number_character(one.code)        ? 220
                                                                    : 65);
    }
    nesting.add(one.code, is_word_character(before));
    const bool long_enough = spoken >= kLeastClause && (words >= kLeastWords || !blanks) && !nesting.inside();
    if (long_enough && is_wide_mark(one.code)) return end;
    if (long_enough && (is_narrow_mark(one.code) || is_dash(one.code))) {
      const bool known = end < text.size();
      const char32_t next = known ? character_at(text, end).code : 0;
      const bool between_ideographs = is_written_without_blanks(before) && is_written_without_blanks(next);
      if (between_ideographs && one.code != ':') return end;
      if (is_dash(one.code) && is_gap(before) && is_gap(next)) return end;
      const bool ends_word = is_letter(before);
      if (one.code == 0x2014 && ends_word && known) return end;
      if (is_narrow_mark(one.code) && ends_word && known && is_gap(next)) {
        // Colon and semicolon end a clause in any case; so does the comma behind a longer one.
        if (one.code != ',' || spoken >= 2 * kLeastClause) return end;
        const auto list = goes_on_as_list(text.substr(end));
        if (!list) return std::nullopt;
        if (!*list) return end;
      }
    }
    before = one.code;
    i = end;
  }
  return std::nullopt;
}

}  // namespace earshot::worker
