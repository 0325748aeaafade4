#include "worker/providers/llm/wishes/said_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace earshot::worker {

namespace {

using WordSpan = std::span<const std::string>;

constexpr auto kSmallNumbers = std::to_array<std::string_view>(
    {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
     "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"});
constexpr auto kTensNumbers = std::to_array<std::string_view>(
    {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"});

std::optional<int> place_in(std::span<const std::string_view> names, std::string_view word) {
  const auto found = std::ranges::find(names, word);
  if (found == names.end()) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

double english_scale(std::string_view word) {
  if (word == "thousand") return 1e3;
  if (word == "million") return 1e6;
  if (word == "billion") return 1e9;
  if (word == "trillion") return 1e12;
  return 0;
}

std::optional<double> read_digits(std::string_view word) {
  if (word.empty() || word.front() < '0' || word.front() > '9') return std::nullopt;
  double value = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// Below a thousand, in words: "one hundred and twenty three".
class EnglishGroup {
 public:
  // RETURNS: false: the word does not belong to it.
  bool take(std::string_view word) {
    if (const auto small = place_in(kSmallNumbers, word)) {
      const bool fits = *small < 10 ? open_ >= 10 : open_ >= 100;
      if (!fits || (*small == 0 && any_)) return false;
      return add(*small, 1);
    }
    if (const auto tens = place_in(kTensNumbers, word)) return open_ >= 100 && add(20 + 10 * *tens, 10);
    if (word == "hundred" && !hundred_ && value_ < 100) {
      value_ = (any_ ? value_ : 1) * 100;
      hundred_ = any_ = true;
      open_ = 100;
      return true;
    }
    return false;
  }
  bool any() const { return any_; }
  bool has_hundred() const { return hundred_; }
  double value() const { return value_; }

 private:
  bool add(int value, int open) {
    value_ += value;
    open_ = open;
    any_ = true;
    return true;
  }
  double value_ = 0;
  int open_ = 1000;  // what comes next must be smaller
  bool any_ = false;
  bool hundred_ = false;
};

// "point one four" behind a whole number.
SaidNumber with_english_places(SaidNumber whole, WordSpan words) {
  if (whole.words >= words.size() || words[whole.words] != "point") return whole;
  double place = 0.1;
  std::size_t at = whole.words + 1;
  SaidNumber read = whole;
  for (; at < words.size(); ++at) {
    auto digit = place_in(std::span(kSmallNumbers).first(10), words[at]);
    if (!digit && words[at].size() == 1) {
      if (const auto written = read_digits(words[at])) digit = static_cast<int>(*written);
    }
    if (!digit) break;
    read.value += *digit * place;
    place /= 10;
  }
  read.words = at;
  return at > whole.words + 1 ? read : whole;
}

std::optional<SaidNumber> read_english(WordSpan words) {
  double total = 0;
  double last_scale = 1e18;
  std::size_t at = 0;
  std::size_t good = 0;  // words that are a number for certain
  double good_value = 0;
  const bool article =
      words[0] == "a" && words.size() > 1 && (words[1] == "hundred" || english_scale(words[1]) > 0);
  if (article) at = 1;
  while (at < words.size()) {
    EnglishGroup group;
    double value = 0;
    bool any = false;
    if (const auto digits = read_digits(words[at])) {
      value = *digits;
      any = true;
      ++at;
      if (at < words.size() && words[at] == "hundred") {
        value *= 100;
        ++at;
      }
    } else {
      while (at < words.size()) {
        const bool joins = words[at] == "and" && (group.has_hundred() || (!group.any() && good > 0));
        if (joins && at + 1 < words.size()) {
          EnglishGroup probe = group;
          if (!probe.take(words[at + 1])) break;
          group = probe;
          at += 2;
          continue;
        }
        if (!group.take(words[at])) break;
        ++at;
      }
      value = group.value();
      any = group.any();
    }
    const double scale = at < words.size() ? english_scale(words[at]) : 0;
    if (!any && !(scale > 0 && article && good == 0)) break;
    if (scale <= 0) {
      if (value >= last_scale) break;
      good_value = total + value;
      good = at;
      break;
    }
    if (scale >= last_scale) break;
    total += (any ? value : 1) * scale;
    last_scale = scale;
    good_value = total;
    good = ++at;
    if (total > kMaxSaidNumber) return std::nullopt;
  }
  if (good == 0) return std::nullopt;
  return with_english_places({good_value, good}, words);
}

constexpr auto kChineseDigits =
    std::to_array<std::string_view>({"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"});

std::optional<int> chinese_digit(std::string_view word) {
  if (word == "〇") return 0;
  if (word == "两") return 2;
  return place_in(kChineseDigits, word);
}

double chinese_unit(std::string_view word) {
  if (word == "十") return 10;
  if (word == "百") return 100;
  if (word == "千") return 1000;
  return 0;
}

double chinese_scale(std::string_view word) {
  if (word == "万") return 1e4;
  if (word == "亿") return 1e8;
  return 0;
}

std::optional<SaidNumber> read_chinese_number(WordSpan words) {
  double total = 0;
  double section = 0;
  double digit = 0;  // that has no unit yet; g++ 12 takes an optional here for uninitialised
  bool has_digit = false;
  double last_unit = 0;
  double last_scale = 0;
  bool any = false;
  bool plain = true;  // digits only: 二零二六
  std::size_t at = 0;
  for (; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const auto value = chinese_digit(word);
    if (value && word == "两" && has_digit) break;  // 五两: a weight
    if (value) {
      digit = (plain ? digit * 10 : 0) + *value;
      has_digit = true;
      if (digit > kMaxSaidNumber) return std::nullopt;
    } else if (const auto written = read_digits(word); written && at == 0) {
      digit = *written;
      has_digit = true;
    } else if (const double unit = chinese_unit(word); unit > 0 && (has_digit || unit == 10)) {
      section += (has_digit ? digit : 1) * unit;
      digit = 0;
      has_digit = false;
      last_unit = unit;
      plain = false;
    } else if (const double scale = chinese_scale(word); scale > 0 && any) {
      // 一亿二千万 adds, 一万亿 multiplies.
      const double counted = section + digit;
      total = scale < last_scale ? total + counted * scale : (total + counted) * scale;
      last_scale = scale;
      if (total > kMaxSaidNumber) return std::nullopt;
      section = 0;
      digit = 0;
      has_digit = false;
      last_unit = scale;
      plain = false;
    } else {
      break;
    }
    any = true;
  }
  if (!any) return std::nullopt;
  // 三百五 is 350, 两万三 is 23000: the digit that is left out names the next unit. Not behind 零 or 十.
  const bool spoken_short =
      has_digit && !plain && last_unit >= 100 && at >= 2 && digit < 10 && words[at - 2] != "零";
  SaidNumber read{total + section + digit * (spoken_short ? last_unit / 10 : 1), at};
  if (at < words.size() && words[at] == "点") {
    double place = 0.1;
    std::size_t behind = at + 1;
    for (; behind < words.size(); ++behind) {
      const auto next = chinese_digit(words[behind]);
      if (!next) break;
      read.value += *next * place;
      place /= 10;
    }
    if (behind > at + 1) read.words = behind;
  }
  return read;
}

}  // namespace

std::optional<SaidNumber> read_said_number(WordSpan words) {
  if (words.empty()) return std::nullopt;
  auto english = read_english(words);
  const auto chinese = read_chinese_number(words);
  if (chinese && (!english || chinese->words > english->words)) english = chinese;
  if (!english || !std::isfinite(english->value) || english->value > kMaxSaidNumber) return std::nullopt;
  return english;
}

std::optional<double> whole_said_number(WordSpan words) {
  const auto read = read_said_number(words);
  if (!read || read->words != words.size()) return std::nullopt;
  return read->value;
}

WrittenNumber written_number(double value) {
  constexpr double kPlaces = 1e4;
  const double rounded = std::round(value * kPlaces) / kPlaces;
  const double scale = std::max(1.0, std::fabs(value));
  std::array<char, 64> text{};
  // Small ones keep four digits that say something, instead of becoming 0.
  const bool tiny = value != 0 && std::fabs(value) < 0.01;
  const int size =
      tiny
          ? std::snprintf(text.data(), text.size(), "%.*f",
                          std::min(12, 3 - static_cast<int>(std::floor(std::log10(std::fabs(value))))), value)
          : std::snprintf(text.data(), text.size(), "%.4f", rounded);
  std::string written(text.data(), static_cast<std::size_t>(size));
  written.erase(written.find_last_not_of('0') + 1);
  if (written.ends_with('.')) written.pop_back();
  if (written == "-0") written = "0";
  double back = 0;
  std::from_chars(written.data(), written.data() + written.size(), back);
  return {written, std::fabs(back - value) <= 1e-9 * scale * (tiny ? std::fabs(value) : 1)};
}

}  // namespace earshot::worker
