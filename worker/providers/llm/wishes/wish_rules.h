// The table of how wishes are said: one pattern with slots a row, tried in order. Pure.
//
// Slots: <sum> <measure> <unit> <duration> <moment> <day> <place> are judged by the reader of their
// name; <text> and <items> may be any words, <list> at most four.
#pragma once

#include <span>
#include <string_view>

#include "worker/providers/llm/wishes/wish.h"

namespace earshot::worker {

struct WishRule {
  WishKind kind{};
  std::string_view pattern;  // PhrasePattern
  std::string_view language = "en";
  Rings rings = Rings::kReminder;
};

std::span<const WishRule> wish_rules();

}  // namespace earshot::worker
