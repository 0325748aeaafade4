#include "worker/providers/llm/wishes/measure.h"

#include <algorithm>
#include <array>

#include "worker/providers/llm/wishes/said_number.h"

namespace earshot::worker {

namespace {

bool begins_with(std::span<const std::string> words, std::span<const std::string_view> phrase) {
  return words.size() >= phrase.size() &&
         std::equal(phrase.begin(), phrase.end(), words.begin(),
                    [](std::string_view a, const std::string& b) { return a == b; });
}

constexpr auto kAndAHalf = std::to_array<std::string_view>({"and", "a", "half"});
constexpr auto kHalfA = std::to_array<std::string_view>({"half", "a"});
constexpr auto kHalfAn = std::to_array<std::string_view>({"half", "an"});

}  // namespace

std::optional<Measure> read_measure(std::span<const std::string> words) {
  double sign = 1;
  if (!words.empty() && (words[0] == "-" || words[0] == "minus" || words[0] == "负" || words[0] == "零下")) {
    sign = -1;
    words = words.subspan(1);
  } else if (words.size() > 1 && words[0] == "零" && words[1] == "下") {
    sign = -1;
    words = words.subspan(2);
  }
  double value = 0;
  // Some names of units are numbers, too: 两 behind a number is a weight.
  if (const auto number = read_said_number(words)) {
    value = number->value;
    words = words.subspan(number->words);
    if (begins_with(words, kAndAHalf)) {
      value += 0.5;
      words = words.subspan(kAndAHalf.size());
    }
  } else if (begins_with(words, kHalfA) || begins_with(words, kHalfAn)) {
    value = 0.5;
    words = words.subspan(2);
  } else if (!words.empty() && (words[0] == "a" || words[0] == "an")) {
    value = 1;
    words = words.subspan(1);
  } else if (!words.empty() && words[0] == "半") {
    value = 0.5;
    words = words.subspan(1);
  } else {
    return std::nullopt;
  }
  if (!words.empty() && words[0] == "个") words = words.subspan(1);
  const Unit* unit = whole_unit(words);
  if (unit == nullptr) return std::nullopt;
  return Measure{sign * value, unit};
}

}  // namespace earshot::worker
