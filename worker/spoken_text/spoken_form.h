// What a voice is given for a sentence that is shown: an agent's replacement words, then formulas
// (formula_words.h), numbers, dates, money and the like (spoken_numbers.h) in words of the sentence's language. Languages that we can not count in stay as they
// are: the voice reads their numbers. Any thread. Bounded (kMaxBytes): what has grown beyond is spoken as written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "worker/spoken_text/word_replacements.h"

namespace earshot::worker {

class SpokenForm {
 public:
  static constexpr std::size_t kMaxBytes = 8192;

  SpokenForm() = default;
  explicit SpokenForm(WordReplacements replacements);

  // REQUIRES: `sentence` is valid UTF-8. `language`: BCP 47, of the voice.
  std::string of(std::string_view sentence, std::string_view language) const;

 private:
  std::shared_ptr<const WordReplacements> replacements_;  // nullptr: none
};

}  // namespace earshot::worker
