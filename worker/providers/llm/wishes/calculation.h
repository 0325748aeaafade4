// Sums in words and signs: "twelve times seven", "15% of 80", "the square root of 2", "3 + 4 * (5 - 1)",
// 二十加三十, 80的百分之15, 十六的平方根. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace earshot::worker {

struct Calculation {
  enum class Trouble { kNone, kDivisionByZero, kTooLarge, kNoRealRoot };
  double value = 0;
  Trouble trouble = Trouble::kNone;
};

// nullopt: `words` are not a sum as a whole, or nothing is to be done in it ("twelve").
// Cost: linear; the depth is that of the brackets, at most the number of words.
std::optional<Calculation> read_calculation(std::span<const std::string> words);

}  // namespace earshot::worker
