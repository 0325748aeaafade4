// Formulas that a model writes in TeX, as people say them: "$\frac{a}{b}$" is a over b, "x^2" x squared. What needs
// no words stays as it is ("=", "+", numbers), as do amounts of money and paths of Windows. Any thread.
// Bounded by its input: at most about 12 bytes for each byte; groups deeper than kMaxFormulaDepth lose their braces
// only.
//
// The commands are those of LaTeX's mathematics mode that models use most (LaTeX2e manual, chapter 16). One that is
// not known is left out within a formula, and stays outside of one.
#pragma once

#include <string>
#include <string_view>

#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

constexpr int kMaxFormulaDepth = 8;

// Whether formula_words() would look for one.
bool may_have_formulas(std::string_view text);
// REQUIRES: `text` is valid UTF-8.
std::string formula_words(std::string_view text, Tongue tongue);

}  // namespace earshot::worker
