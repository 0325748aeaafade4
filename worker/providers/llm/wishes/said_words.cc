#include "worker/providers/llm/wishes/said_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "worker/providers/llm/utterance_words.h"

namespace earshot::worker {

namespace {

bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct SignRow {
  std::string_view sign;
  std::string_view word;
};
constexpr auto kSigns = std::to_array<SignRow>({
    {"\u00d7", "*"},
    {"\u00f7", "/"},
    {"\u2212", "-"},
    {"\uff0b", "+"},
    {"\uff0d", "-"},
    {"\uff1d", "="},
    {"\uff05", "percent"},
    {"%", "percent"},
    {"+", "+"},
    {"-", "-"},
    {"*", "*"},
    {"/", "/"},
    {"=", "="},
    {"^", "^"},
    {"(", "("},
    {")", ")"},
    {"\uff08", "("},
    {"\uff09", ")"},
});

std::size_t bytes_of_character(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(bytes, text.size());
}

char32_t chinese_code_of(std::string_view character) {
  if (character.size() != 3) return 0;  // the Chinese ones that matter have three bytes
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<std::uint8_t>(character[i]));
  };
  return ((byte(0) & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f);
}

// "2.5", "1,000.5", "7:30": where the number at `at` ends.
std::size_t end_of_number(std::string_view text, std::size_t at) {
  const auto digit_at = [&](std::size_t i) { return i < text.size() && is_ascii_digit(text[i]); };
  bool point = false;
  bool clock = false;
  while (digit_at(at) || (at < text.size() && digit_at(at + 1))) {
    const char c = text[at];
    if (is_ascii_digit(c)) {
      ++at;
      continue;
    }
    const bool thousands =
        c == ',' && !point && !clock && digit_at(at + 2) && digit_at(at + 3) && !digit_at(at + 4);
    const bool fits = thousands || (c == '.' && !point && !clock) || (c == ':' && !point && !clock);
    if (!fits) break;
    point = point || c == '.';
    clock = clock || c == ':';
    ++at;
  }
  return at;
}

class SaidCutter {
 public:
  explicit SaidCutter(std::string_view text) { said_.text = std::string(text); }

  SaidWords cut() {
    const std::string_view text = said_.text;
    while (at_ < text.size() && said_.words.size() <= kMaxSaidWords) step(text);
    end_word();
    if (said_.words.size() > kMaxSaidWords) return {};
    return std::move(said_);
  }

 private:
  void step(std::string_view text) {
    const char c = text[at_];
    if (is_ascii_digit(c)) return number(text);
    const auto sign = std::ranges::find_if(
        kSigns, [&](const SignRow& row) { return text.substr(at_).starts_with(row.sign); });
    if (sign != kSigns.end()) return mark(sign->word, sign->sign.size(), text);
    const std::size_t bytes = bytes_of_character(text.substr(at_));
    const std::string_view character = text.substr(at_, bytes);
    if (is_chinese(chinese_code_of(character)) || character == "\u3007") {
      end_word();
      add(std::string(character), at_, at_ + bytes);
      at_ += bytes;
      return;
    }
    const bool apostrophe = c == '\'' || character == "\u2019";
    const bool inside = !word_.empty() && at_ + bytes < text.size() && is_ascii_letter(text[at_ + bytes]);
    if (apostrophe && inside) return letter("'", bytes);
    if (is_ascii_letter(c)) {
      const char lower = static_cast<char>(c | 0x20);
      return letter({&lower, 1}, 1);
    }
    // What utterance_words() calls a word is one: letters of other scripts.
    if (bytes > 1 && !utterance_words(character).empty()) return letter(character, bytes);
    end_word();
    at_ += bytes;
  }
  void number(std::string_view text) {
    end_word();
    const std::size_t end = end_of_number(text, at_);
    std::string digits(text.substr(at_, end - at_));
    std::erase(digits, ',');
    add(std::move(digits), at_, end);
    at_ = end;
  }
  // A hyphen inside a word ("twenty-five", "10-minute") only ends it; else it is a minus.
  void mark(std::string_view word, std::size_t bytes, std::string_view text) {
    const bool joins = at_ > 0 && text[at_ - 1] >= '0' && text[at_ - 1] <= '9' && at_ + bytes < text.size() &&
                       is_ascii_letter(text[at_ + bytes]);
    const bool hyphen = word == "-" && (!word_.empty() || joins);
    end_word();
    if (!hyphen) add(std::string(word), at_, at_ + bytes);
    at_ += bytes;
  }
  void letter(std::string_view as, std::size_t bytes) {
    if (word_.empty()) begin_ = at_;
    word_ += as;
    at_ += bytes;
  }
  void end_word() {
    if (!word_.empty()) add(std::exchange(word_, {}), begin_, at_);
  }
  void add(std::string word, std::size_t begin, std::size_t end) {
    said_.words.push_back(std::move(word));
    said_.places.push_back({begin, end});
  }

  SaidWords said_;
  std::size_t at_ = 0;
  std::string word_;
  std::size_t begin_ = 0;
};

}  // namespace

std::string SaidWords::as_written(std::size_t first, std::size_t last) const {
  if (first >= last || last > places.size()) return {};
  return text.substr(places[first].begin, places[last - 1].end - places[first].begin);
}

SaidWords said_words(std::string_view text) {
  if (text.size() > kMaxSaidBytes) return {};
  return SaidCutter(text).cut();
}

}  // namespace earshot::worker
