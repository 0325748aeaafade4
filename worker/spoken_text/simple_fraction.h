// "1/2", "1 3/4", "½" in words. Only fractions that are one beyond doubt: "9/11", "24/7" and "1/7" are not. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

struct SimpleFraction {
  int whole = 0;
  int numerator = 0;
  int denominator = 1;  // 2, 3, 4, 5, 8 or 10
  std::size_t bytes = 0;
};

std::optional<SimpleFraction> read_simple_fraction(std::string_view text);
std::string fraction_words(const SimpleFraction& fraction, Tongue tongue);

}  // namespace earshot::worker
