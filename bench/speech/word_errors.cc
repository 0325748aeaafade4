#include "bench/speech/word_errors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <numeric>
#include <utility>

#include "worker/spoken_text/number_words.h"

namespace earshot::bench {

namespace {

constexpr auto kOneSpelling = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"favourite", "favorite"},
    {"colour", "color"},
    {"mr", "mister"},
    {"ok", "okay"},
    {"goodbye", "good bye"},
    {"whats", "what is"},
    {"vol", "volume"},
});

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Adds the words of what may have blanks and hyphens in it.
void add_words(std::string_view text, std::vector<std::string>& words) {
  std::string word;
  for (const char c : text) {
    if (is_letter(c)) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
}

std::size_t distance(const std::vector<std::string>& said, const std::vector<std::string>& heard) {
  std::vector<std::size_t> row(heard.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= said.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= heard.size(); ++j) {
      const std::size_t changed = diagonal + (said[i - 1] == heard[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> comparable_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    if (is_digit(text[at])) {
      while (end < text.size() && is_digit(text[end])) ++end;
      std::int64_t number = 0;
      std::from_chars(text.data() + at, text.data() + end, number);
      add_words(worker::number_words(number, worker::Tongue::kEnglish), words);
    } else if (text[at] == '%') {
      end = at + 1;
      words.emplace_back("percent");
    } else if (is_letter(text[at])) {
      std::string word;
      // An apostrophe, ASCII or of print (three bytes of UTF-8), does not part a word.
      for (; end < text.size(); ++end) {
        if (is_letter(text[end])) {
          word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[end])));
        } else if (text.substr(end).starts_with("\u2019")) {
          end += 2;
        } else if (text[end] != '\'') {
          break;
        }
      }
      const auto* const other = std::ranges::find(kOneSpelling, std::string_view(word),
                                                  &std::pair<std::string_view, std::string_view>::first);
      add_words(other == kOneSpelling.end() ? std::string_view(word) : other->second, words);
    } else {
      end = at + 1;
    }
    at = end;
  }
  return words;
}

void WordErrors::add(std::string_view said, std::string_view heard) {
  const auto right = comparable_words(said);
  const std::size_t wrong = distance(right, comparable_words(heard));
  words += right.size();
  errors += wrong;
  ++sentences;
  if (wrong == 0) ++exact;
}

double WordErrors::percent() const {
  return words == 0 ? 0 : 100.0 * static_cast<double>(errors) / static_cast<double>(words);
}

}  // namespace earshot::bench
