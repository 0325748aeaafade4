#include "worker/providers/llm/utterance_words.h"

#include <cstdint>

namespace earshot::worker {

namespace {

// One character of UTF-8; a broken byte stands for itself and separates words.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

Character read_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (bytes == 0 || lead > 0xf4 || text.size() < bytes) return {U' ', 1};
  char32_t code = lead & (0x7f >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {U' ', 1};
    code = (code << 6) | (byte(i) & 0x3f);
  }
  return {code, bytes};
}

bool is_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  // Latin, Greek, Cyrillic and the like; general punctuation and CJK symbols separate words.
  return c >= 0xc0 && !(c >= 0x2000 && c <= 0x2bff) && !(c >= 0x3000 && c <= 0x303f) &&
         !(c >= 0xff00 && c <= 0xffef);
}

enum class Kind { kNone, kLetters, kDigits };

class WordList {
 public:
  bool full() const { return words_.size() > kMaxCommandWords; }
  void add(Kind kind, std::string_view bytes) {
    if (kind != kind_) end_word();
    kind_ = kind;
    word_ += bytes;
  }
  void add_alone(std::string_view word) {
    end_word();
    words_.emplace_back(word);
  }
  void end_word() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
    kind_ = Kind::kNone;
  }
  bool in_word() const { return kind_ == Kind::kLetters; }
  std::vector<std::string> take() {
    end_word();
    if (words_.size() > kMaxCommandWords + 1) words_.resize(kMaxCommandWords + 1);
    return std::move(words_);
  }

 private:
  Kind kind_ = Kind::kNone;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> utterance_words(std::string_view text) {
  WordList words;
  while (!text.empty() && !words.full()) {
    const Character here = read_character(text);
    const std::string_view bytes = text.substr(0, here.bytes);
    text.remove_prefix(here.bytes);
    const bool is_apostrophe = here.code == U'\'' || here.code == U'\u2019';
    if (is_chinese(here.code)) {
      words.add_alone(bytes);
    } else if (here.code == U'%' || here.code == U'\uff05') {
      words.add_alone("percent");
    } else if (is_digit(here.code)) {
      words.add(Kind::kDigits, bytes);
    } else if (here.code < 0x80 && is_letter(here.code)) {
      const char lower = static_cast<char>(here.code | 0x20);
      words.add(Kind::kLetters, {&lower, 1});
    } else if (is_letter(here.code)) {
      words.add(Kind::kLetters, bytes);
    } else if (is_apostrophe && words.in_word() && !text.empty() && is_letter(read_character(text).code)) {
      words.add(Kind::kLetters, "'");
    } else {
      words.end_word();
    }
  }
  return words.take();
}

bool is_chinese(char32_t character) {
  return (character >= 0x4e00 && character <= 0x9fff) || (character >= 0x3400 && character <= 0x4dbf);
}

}  // namespace earshot::worker
