#include "worker/spoken_text/simple_fraction.h"

#include <algorithm>
#include <array>

#include "worker/spoken_text/figure.h"
#include "worker/spoken_text/number_words.h"

namespace earshot::worker {

namespace {

struct Vulgar {
  std::string_view sign;
  int numerator;
  int denominator;
};
constexpr auto kVulgar = std::to_array<Vulgar>({{"½", 1, 2},
                                                {"⅓", 1, 3},
                                                {"⅔", 2, 3},
                                                {"¼", 1, 4},
                                                {"¾", 3, 4},
                                                {"⅕", 1, 5},
                                                {"⅛", 1, 8},
                                                {"⅜", 3, 8},
                                                {"⅝", 5, 8},
                                                {"⅞", 7, 8}});

constexpr std::array<int, 6> kDenominators{2, 3, 4, 5, 8, 10};
using Names = std::array<std::string_view, 6>;  // "one|many"
constexpr std::array<Names, kTongues> kNames{{
    {"half|halves", "third|thirds", "quarter|quarters", "fifth|fifths", "eighth|eighths", "tenth|tenths"},
    {},
    {},
    {"halb|halbe", "Drittel", "Viertel", "Fünftel", "Achtel", "Zehntel"},
    {"medio|medios", "tercio|tercios", "cuarto|cuartos", "quinto|quintos", "octavo|octavos",
     "décimo|décimos"},
    {"demi|demis", "tiers", "quart|quarts", "cinquième|cinquièmes", "huitième|huitièmes", "dixième|dixièmes"},
    {},
}};
constexpr std::array<std::string_view, kTongues> kAnd{"and", "又", "と", "und", "y", "et", "과"};

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

std::string_view name_of(std::string_view words, bool one) {
  const std::size_t bar = words.find('|');
  if (bar == std::string_view::npos) return words;
  return one ? words.substr(0, bar) : words.substr(bar + 1);
}

std::optional<SimpleFraction> read_sign(std::string_view text) {
  for (const Vulgar& one : kVulgar) {
    if (text.starts_with(one.sign)) return SimpleFraction{0, one.numerator, one.denominator, one.sign.size()};
  }
  return std::nullopt;
}

std::optional<SimpleFraction> read_slashed(std::string_view text) {
  if (!is_digit_at(text, 0) || text.size() < 3 || text[1] != '/' || !is_digit_at(text, 2))
    return std::nullopt;
  SimpleFraction fraction{0, text[0] - '0', text[2] - '0', 3};
  if (fraction.denominator == 1 && is_digit_at(text, 3) && text[3] == '0')
    fraction = {0, fraction.numerator, 10, 4};
  if (is_digit_at(text, fraction.bytes)) return std::nullopt;
  return fraction;
}

bool is_known(const SimpleFraction& fraction) {
  return fraction.numerator > 0 && fraction.numerator < fraction.denominator &&
         std::ranges::find(kDenominators, fraction.denominator) != kDenominators.end();
}

}  // namespace

std::optional<SimpleFraction> read_simple_fraction(std::string_view text) {
  std::size_t digits = 0;
  while (is_digit_at(text, digits) && digits < 3) ++digits;
  int whole = 0;
  for (std::size_t i = 0; i < digits; ++i) whole = whole * 10 + (text[i] - '0');
  std::optional<SimpleFraction> fraction;
  std::size_t front = 0;
  if (auto sign = read_sign(text.substr(digits))) {
    fraction = sign;
    front = digits;
  } else if (auto slashed = read_slashed(text)) {
    fraction = slashed;
    whole = 0;
  } else if (digits > 0 && digits < text.size() && text[digits] == ' ') {
    fraction = read_slashed(text.substr(digits + 1));
    front = digits + 1;
  }
  if (!fraction || !is_known(*fraction)) return std::nullopt;
  fraction->whole = whole;
  fraction->bytes += front;
  return fraction;
}

std::string fraction_words(const SimpleFraction& fraction, Tongue tongue) {
  const bool one = fraction.numerator == 1;
  const bool half = fraction.denominator == 2;
  std::string part;
  if (is_east_asian(tongue)) {
    const std::string_view of = tongue == Tongue::kChinese    ? "分之"
                                : tongue == Tongue::kJapanese ? "分の"
                                                              : "분의 ";
    part = number_words(fraction.denominator, tongue) + std::string(of) +
           number_words(fraction.numerator, tongue);
  } else {
    const auto index = std::ranges::find(kDenominators, fraction.denominator) - kDenominators.begin();
    const std::string_view name = name_of(kNames[index_of(tongue)][static_cast<std::size_t>(index)], one);
    if (half && fraction.whole > 0 && tongue == Tongue::kEnglish) {
      part = "a half";
    } else if (half && (tongue == Tongue::kSpanish || (tongue == Tongue::kFrench && fraction.whole > 0))) {
      part = name;
    } else {
      part = number_words(fraction.numerator, tongue, NumberForm::kMasculine);
      append_words(part, name, tongue);
    }
  }
  if (fraction.whole == 0) return part;
  std::string out = number_words(fraction.whole, tongue);
  append_words(out, kAnd[index_of(tongue)], tongue);
  append_words(out, part, tongue);
  return out;
}

}  // namespace earshot::worker
