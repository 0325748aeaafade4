#include "worker/spoken_text/figure.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace earshot::worker {

namespace {

constexpr std::array<std::string_view, kTongues> kPoint{"point", "点",      "点", "Komma",
                                                        "coma",  "virgule", "점"};
constexpr std::array<std::string_view, kTongues> kMinus{"minus", "负",    "マイナス", "minus",
                                                        "menos", "moins", "마이너스"};

bool is_figure(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_figure(text[end])) ++end;
  return end - at;
}

bool has_decimal_comma(Tongue tongue) {
  return tongue == Tongue::kGerman || tongue == Tongue::kSpanish || tongue == Tongue::kFrench;
}

// RETURNS: the bytes of a mark between thousands at `at`; 0: there is none.
std::size_t group_mark(std::string_view text, std::size_t at, Tongue tongue) {
  const std::string_view rest = text.substr(at);
  for (const std::string_view blank : {"\u00A0", "\u202F", "\u2009"}) {
    if (rest.starts_with(blank)) return blank.size();
  }
  if (tongue == Tongue::kFrench) return rest.starts_with(' ') ? 1 : 0;
  return rest.starts_with(has_decimal_comma(tongue) ? '.' : ',') ? 1 : 0;
}

}  // namespace

std::optional<Figure> read_figure(std::string_view text, Tongue tongue) {
  const std::size_t first = digits_at(text, 0);
  if (first == 0) return std::nullopt;
  Figure figure;
  figure.whole = text.substr(0, first);
  figure.bytes = first;
  while (first <= 3) {
    const std::size_t mark = group_mark(text, figure.bytes, tongue);
    if (mark == 0 || text[0] == '0' || digits_at(text, figure.bytes + mark) != 3) break;
    figure.whole += text.substr(figure.bytes + mark, 3);
    figure.bytes += mark + 3;
    figure.grouped = true;
  }
  if (figure.whole.size() > kMaxDigits) return std::nullopt;
  if (figure.bytes + 1 < text.size()) {
    const char mark = text[figure.bytes];
    const bool decimal = mark == '.' || (mark == ',' && has_decimal_comma(tongue));
    const std::size_t digits = digits_at(text, figure.bytes + 1);
    if (decimal && digits > 0 && digits <= kMaxDigits) {
      figure.fraction = text.substr(figure.bytes + 1, digits);
      figure.bytes += 1 + digits;
    }
  }
  return figure;
}

std::int64_t whole_of(const Figure& figure) {
  std::int64_t value = 0;
  std::from_chars(figure.whole.data(), figure.whole.data() + figure.whole.size(), value);
  return value;
}

std::string digit_words(std::string_view digits, Tongue tongue) {
  std::string out;
  for (const char digit : digits) {
    const std::int64_t value = digit - '0';
    append_words(out, tongue == Tongue::kKorean && value == 0 ? "공" : number_words(value, tongue), tongue);
  }
  return out;
}

std::string figure_words(const Figure& figure, Tongue tongue, NumberForm form) {
  std::string out;
  if (figure.negative) append_words(out, kMinus[index_of(tongue)], tongue);
  const bool alone = !figure.fraction.empty();
  append_words(out, number_words(whole_of(figure), tongue, alone ? NumberForm::kAlone : form), tongue);
  if (figure.fraction.empty()) return out;
  append_words(out, kPoint[index_of(tongue)], tongue);
  // French and Spanish read what stands behind the comma as a number, English, German and the others digit by
  // digit.
  const bool as_number =
      (tongue == Tongue::kFrench || tongue == Tongue::kSpanish) && figure.fraction.size() <= 2;
  if (!as_number) {
    const std::string digits = digit_words(figure.fraction, tongue);
    append_words(out, digits, tongue);
    return out;
  }
  std::string_view rest = figure.fraction;
  while (rest.size() > 1 && rest.front() == '0') {
    append_words(out, number_words(0, tongue), tongue);
    rest.remove_prefix(1);
  }
  std::int64_t value = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  append_words(out, number_words(value, tongue), tongue);
  return out;
}

void append_words(std::string& out, std::string_view words, Tongue tongue) {
  if (!out.empty() && !words.empty() && !joins_words(tongue)) out += ' ';
  out += words;
}

}  // namespace earshot::worker
