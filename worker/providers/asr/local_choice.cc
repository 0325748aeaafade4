#include "worker/providers/asr/local_choice.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace earshot::worker {

namespace {

// Longer texts are no commands; the distance of two texts costs the product of their lengths.
constexpr std::size_t kLongestCommand = 200;

constexpr auto kNumbers = std::to_array<std::string_view>({
    "zero",    "one",       "two",      "three",    "four",    "five",     "six",      "seven",
    "eight",   "nine",      "ten",      "eleven",   "twelve",  "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen", "twenty",  "thirty",   "forty",    "fifty",
    "sixty",   "seventy",   "eighty",   "ninety",   "hundred", "percent",  "per",      "cent",
});

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// In small letters; what is no ASCII letter parts them, but for an apostrophe.
std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (is_ascii_letter(c)) {
      word += c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (c != '\'' && !word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const std::string& word : split_words(text)) {
    if (std::ranges::find(kNumbers, word) == kNumbers.end()) letters += word;
  }
  return letters;
}

std::size_t edits(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

bool is_taken(const Transcript& command) {
  return command.understood && !command.text.empty();
}

// "thank you very much" for "Thank you very much, that was really helpful.": eight words for four.
bool has_many_more_words(std::string_view free_text, std::string_view command) {
  return 2 * split_words(free_text).size() > 3 * split_words(command).size() + 2;
}

constexpr auto kTailBegins = std::to_array<std::string_view>(
    {"in", "at", "on", "of", "for", "tomorrow", "yesterday", "next", "last", "when", "if", "from", "since"});

// "What time is it in Paris?" for "what time is it": the words of the command, and a tail that changes what is asked.
bool asks_for_more_than(std::string_view free_text, std::string_view command) {
  const auto said = split_words(free_text);
  const auto known = split_words(command);
  if (said.size() <= known.size() || !std::equal(known.begin(), known.end(), said.begin())) return false;
  if (said.size() == known.size() + 2 && said.back() == "me") return false;  // "for me"
  return std::ranges::find(kTailBegins, said[known.size()]) != kTailBegins.end();
}

}  // namespace

bool is_sure(const Transcript& command) {
  return is_taken(command) && command.confidence >= kSureCommand;
}

double likeness(std::string_view command, std::string_view free_text) {
  if (free_text.size() > kLongestCommand || command.size() > kLongestCommand) return 0;
  const std::string one = letters_of(command);
  const std::string other = letters_of(free_text);
  const std::size_t longer = std::max(one.size(), other.size());
  if (longer == 0) return 0;
  return 1 - static_cast<double>(edits(one, other)) / static_cast<double>(longer);
}

Transcript choose(const Transcript& command, std::string_view free_text, double speech_over_noise_db) {
  if (is_sure(command)) return command;
  const double enough = speech_over_noise_db < kNoisyDb ? kEnoughInNoise : kEnough;
  const bool stands = is_taken(command) && !asks_for_more_than(free_text, command.text) &&
                      !has_many_more_words(free_text, command.text) &&
                      command.confidence + kLikeness * likeness(command.text, free_text) >= enough;
  if (stands) return command;
  return {.text = std::string(free_text)};
}

}  // namespace earshot::worker
