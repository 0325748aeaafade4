// Whole numbers as people say them: zero .. one hundred in words, or digits. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace earshot::worker {

struct SpokenNumber {
  int value = 0;
  std::size_t words = 0;  // how many words it takes
};

// The number that `words` begins with, the longest reading. Digits may go to 9999, so that "150 percent" is
// understood and can be clamped.
std::optional<SpokenNumber> read_number(std::span<const std::string> words);

// The same numbers as JSGF rules: defines <number> and what it needs.
std::string number_rules();
// Every word in those rules.
std::vector<std::string> number_words();

}  // namespace earshot::worker
