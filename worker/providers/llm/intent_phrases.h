// The one table of what can be said: the grammar of the recogniser and the matcher are both made from it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "worker/providers/llm/intent.h"

namespace earshot::worker {

struct IntentPhrase {
  enum class Use {
    kCommand,  // may be wrapped in "can you ... please"
    kRemark,   // stands alone: "hello"
    kTyped,    // text only, never in the grammar: words that its dictionary lacks, other languages
  };
  Intent intent{};
  Use use = Use::kCommand;
  std::string_view pattern;                  // PhrasePattern
  std::optional<int> number = std::nullopt;  // when the phrase names one without <level>: "full volume"
  std::string_view language = "en";
};

std::span<const IntentPhrase> intent_phrases();

// Words of the phrases that the English dictionary of the recogniser lacks, in its phones.
struct WordPronunciation {
  std::string_view word;
  std::string_view phones;
};
std::span<const WordPronunciation> intent_pronunciations();

// What may stand before and after a kCommand, as patterns.
inline constexpr std::string_view kPolitePrefix = "please | (can | could | would) you [please]";
inline constexpr std::string_view kPoliteSuffix = "please";

}  // namespace earshot::worker
