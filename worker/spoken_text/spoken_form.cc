#include "worker/spoken_text/spoken_form.h"

#include <algorithm>

#include "worker/spoken_text/characters.h"
#include "worker/spoken_text/formula_words.h"
#include "worker/spoken_text/spoken_numbers.h"
#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

namespace {

// Full-width digits and signs are the same as the narrow ones.
std::string narrow(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    const bool digit = one.code >= 0xFF10 && one.code <= 0xFF19;
    const bool sign = one.code == 0xFF05 || one.code == 0xFF04;  // ％ ＄
    if (digit || sign) {
      out += static_cast<char>(one.code - 0xFEE0);
    } else {
      out += text.substr(i, one.bytes);
    }
    i += one.bytes;
  }
  return out;
}

// Of a number that is not a bare one, or of ½.
bool may_have_numbers(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }) ||
         text.find("½") != std::string_view::npos || text.find("¼") != std::string_view::npos ||
         text.find("¾") != std::string_view::npos ||
         text.find("\xe2\x85") != std::string_view::npos;  // ⅓ ...
}

}  // namespace

SpokenForm::SpokenForm(WordReplacements replacements) {
  if (!replacements.empty())
    replacements_ = std::make_shared<const WordReplacements>(std::move(replacements));
}

std::string SpokenForm::of(std::string_view sentence, std::string_view language) const {
  std::string text = replacements_ ? replacements_->apply(sentence) : std::string(sentence);
  const auto tongue = tongue_of(language);
  if (tongue) {
    if (is_east_asian(*tongue)) text = narrow(text);
    if (may_have_formulas(text)) text = formula_words(text, *tongue);
    if (may_have_numbers(text)) text = SpokenNumbers(*tongue, language).rewrite(text);
  }
  return text.size() > kMaxBytes ? std::string(sentence) : text;
}

}  // namespace earshot::worker
