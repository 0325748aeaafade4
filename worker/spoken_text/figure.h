// A number as it is written: "1,000.50", "1.000,5", "1 000", "-3". Which mark is which depends on the language.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "worker/spoken_text/number_words.h"
#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

struct Figure {
  std::string whole;     // digits, 1 to kMaxDigits
  std::string fraction;  // digits behind the decimal mark; empty: none
  bool grouped = false;  // was written with marks between thousands
  bool negative = false;
  std::size_t bytes = 0;  // of the text
};

constexpr std::size_t kMaxDigits = 12;

// Digits at the front of `text`, without a sign. nullopt: none, or too many.
std::optional<Figure> read_figure(std::string_view text, Tongue tongue);
std::string figure_words(const Figure& figure, Tongue tongue, NumberForm form = NumberForm::kAlone);
std::int64_t whole_of(const Figure& figure);
// "five five five": each digit for itself.
std::string digit_words(std::string_view digits, Tongue tongue);
// Words put side by side, with a blank where the language has them.
void append_words(std::string& out, std::string_view words, Tongue tongue);

}  // namespace earshot::worker
