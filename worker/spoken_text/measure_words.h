// What is counted: units and money, in words. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "worker/spoken_text/figure.h"
#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

// Index into the table of units or of currencies, and the bytes of the sign that was read.
struct Sign {
  std::size_t index = 0;
  std::size_t bytes = 0;
};

// At the front of `text`, with at most one blank before it. Never the beginning of a longer word.
std::optional<Sign> unit_at(std::string_view text, Tongue tongue);
std::optional<Sign> currency_at(std::string_view text, Tongue tongue);

// `to`: the end of a range, else nullptr.
std::string amount_words(const Figure& from, const Figure* to, std::size_t unit, Tongue tongue);
// `magnitude`: "million", in whatever form the text had it; empty: none.
std::string money_words(const Figure& from, const Figure* to, std::size_t currency,
                        std::string_view magnitude, Tongue tongue);
std::string range_words(const Figure& from, const Figure& to, NumberForm form, Tongue tongue);

}  // namespace earshot::worker
