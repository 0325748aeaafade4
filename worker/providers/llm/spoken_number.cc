#include "worker/providers/llm/spoken_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace earshot::worker {

namespace {

constexpr std::array<std::string_view, 20> kSmall = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 8> kTens = {"twenty", "thirty",  "forty",  "fifty",
                                                   "sixty",  "seventy", "eighty", "ninety"};
constexpr std::size_t kMaxDigits = 4;

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto found = std::ranges::find(names, word);
  if (found == names.end()) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

template <class Range>
std::string joined(const Range& words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += " | ";
    text += word;
  }
  return text;
}

}  // namespace

std::optional<SpokenNumber> read_number(std::span<const std::string> words) {
  if (words.empty()) return std::nullopt;
  const std::string_view first = words[0];
  if (first.front() >= '0' && first.front() <= '9') {
    int value = 0;
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), value);
    if (error != std::errc() || end != first.data() + first.size() || first.size() > kMaxDigits)
      return std::nullopt;
    return SpokenNumber{value, 1};
  }
  if (first == "hundred") return SpokenNumber{100, 1};
  if ((first == "one" || first == "a") && words.size() > 1 && words[1] == "hundred")
    return SpokenNumber{100, 2};
  if (const auto small = index_of(kSmall, first)) return SpokenNumber{*small, 1};
  const auto tens = index_of(kTens, first);
  if (!tens) return std::nullopt;
  const int value = 20 + 10 * *tens;
  const auto unit = words.size() > 1 ? index_of(kSmall, words[1]) : std::nullopt;
  if (unit && *unit >= 1 && *unit <= 9) return SpokenNumber{value + *unit, 2};
  return SpokenNumber{value, 1};
}

std::string level_rules() {
  const std::span<const std::string_view> small(kSmall);
  return "<unit> = " + joined(small.subspan(1, 9)) + ";\n" + "<teen> = " + joined(small.subspan(10)) + ";\n" +
         "<tens> = " + joined(kTens) + ";\n" +
         "<number> = zero | <unit> | <teen> | <tens> [<unit>] | [a | one] hundred;\n"
         "<round> = zero | five | ten | fifteen | <tens> [five] | [a | one] hundred;\n"
         "<level> = <round> | <number> percent;\n";
}

std::vector<std::string> level_words() {
  std::vector<std::string> words(kSmall.begin(), kSmall.end());
  words.insert(words.end(), kTens.begin(), kTens.end());
  words.insert(words.end(), {"a", "hundred", "percent"});
  return words;
}

}  // namespace earshot::worker
