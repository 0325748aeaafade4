#include "worker/spoken_text/word_replacements.h"

#include <algorithm>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

bool has_no_blanks(char32_t code) {
  return is_written_without_blanks(code) || script_of(code) == Script::kThai;
}

// Does a word end between these two characters?
bool is_word_border(char32_t left, char32_t right) {
  return !is_word_character(left) || !is_word_character(right) || has_no_blanks(left) || has_no_blanks(right);
}

// RETURNS: the bytes of `text` that are `word`, whatever the case; 0: it begins otherwise.
std::size_t match(std::string_view text, std::string_view word) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < word.size();) {
    if (at >= text.size()) return 0;
    const Character wanted = character_at(word, i);
    const Character found = character_at(text, at);
    if (folded(wanted.code) != folded(found.code)) return 0;
    i += wanted.bytes;
    at += found.bytes;
  }
  return at;
}

}  // namespace

WordReplacements::WordReplacements(std::vector<std::pair<std::string, std::string>> pairs) {
  for (auto& [word, said] : pairs) {
    const bool fits = !word.empty() && word.size() <= kMaxBytes && said.size() <= kMaxBytes;
    if (fits && pairs_.size() < kMaxCount) pairs_.push_back({std::move(word), std::move(said)});
  }
  std::ranges::stable_sort(pairs_,
                           [](const Pair& a, const Pair& b) { return a.word.size() > b.word.size(); });
}

std::string WordReplacements::apply(std::string_view text) const {
  if (pairs_.empty()) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (const Pair* pair = at(text, i)) {
      out += pair->said;
      i += match(text.substr(i), pair->word);
      continue;
    }
    const std::size_t bytes = character_at(text, i).bytes;
    out += text.substr(i, bytes);
    i += bytes;
  }
  return out;
}

const WordReplacements::Pair* WordReplacements::at(std::string_view text, std::size_t at) const {
  for (const Pair& pair : pairs_) {
    const std::size_t bytes = match(text.substr(at), pair.word);
    if (bytes == 0) continue;
    const std::size_t end = at + bytes;
    const bool begins =
        at == 0 || is_word_border(character_before(text, at).code, character_at(text, at).code);
    const bool ends =
        end == text.size() || is_word_border(character_before(text, end).code, character_at(text, end).code);
    if (begins && ends) return &pair;
  }
  return nullptr;
}

}  // namespace earshot::worker
