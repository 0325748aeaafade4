// A text as the sentences of phonemes that a neural voice reads, one after the other. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

// Words up to a mark of punctuation, which a voice turns into melody and pause.
struct SpokenClause {
  std::string text;
  char mark = 0;  // , ; : . ! ? or none
};

// Marks within words and figures ("3.50", "e.g.") end nothing. The full-width marks of Chinese count as theirs.
std::vector<SpokenClause> clauses_of(std::string_view text);

// Collects the phonemes of clauses. A full stop, question or exclamation mark ends a sentence. So does, at a space,
// kMaxSymbols: a voice makes all of a sentence before its first sound, and needs memory for all of it.
class PhonemeSentences {
 public:
  static constexpr std::size_t kMaxSymbols = 400;  // some 25 s of speech

  // `ipa`: UTF-8 of espeak-ng. Its marks of other languages' rules, "(en)", are no sounds and are left out;
  // letters with a cedilla or tilde come apart, as the voices of Piper were trained.
  void add(std::string_view ipa, char mark);
  // Code points, none of the sentences empty.
  std::vector<std::vector<std::int32_t>> take();

 private:
  void end_sentence();

  std::vector<std::vector<std::int32_t>> sentences_;
  std::vector<std::int32_t> current_;
};

}  // namespace earshot::worker
