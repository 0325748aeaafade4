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

// The rule <level> in JSGF, and what it needs: a number of 0 to 100 with "percent", or without it one that
// people name for a level, in fives. With all numbers everywhere, 4 to 6 of 150 spoken commands (six
// synthetic voices) got a wrong one, such as "forty" heard as "fourteen" or "forty eight"; so none did.
std::string level_rules();
std::vector<std::string> level_words();

}  // namespace earshot::worker
