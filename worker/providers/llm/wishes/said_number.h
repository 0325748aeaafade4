// Numbers as people say or write them in free text, English and Chinese: "one hundred and twenty three",
// "2.5", "three point one four", "five million", 二十三, 三点五, 两百, 3万. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace earshot::worker {

// Whole numbers are exact in a double up to here; what is larger is no number that we work with.
inline constexpr double kMaxSaidNumber = 1e15;

struct SaidNumber {
  double value = 0;
  std::size_t words = 0;  // how many it takes
};

// The number that `words` begins with, the longest reading; never negative.
std::optional<SaidNumber> read_said_number(std::span<const std::string> words);

// The whole of `words`. nullopt: it is something else, or more.
std::optional<double> whole_said_number(std::span<const std::string> words);

// "84", "0.3333", "1200000": at most four places behind the point. `exact`: nothing was rounded off.
struct WrittenNumber {
  std::string text;
  bool exact = true;
};
WrittenNumber written_number(double value);  // REQUIRES: |value| <= kMaxSaidNumber

}  // namespace earshot::worker
