#include "worker/providers/llm/intent_matcher.h"

#include <string>

#include "worker/providers/llm/intent_phrases.h"
#include "worker/providers/llm/utterance_words.h"

namespace earshot::worker {

IntentMatcher::IntentMatcher() {
  for (const IntentPhrase& phrase : intent_phrases()) {
    std::string pattern(phrase.pattern);
    if (phrase.use == IntentPhrase::Use::kCommand) {
      pattern = "[" + std::string(kPolitePrefix) + "] (" + pattern + ") [" + std::string(kPoliteSuffix) + "]";
    }
    entries_.push_back({phrase.intent, phrase.number, phrase.language, PhrasePattern(pattern)});
  }
}

std::optional<MatchedIntent> IntentMatcher::match(std::string_view utterance) const {
  const std::vector<std::string> words = utterance_words(utterance);
  for (const Entry& entry : entries_) {
    const auto found = entry.pattern.match(words);
    if (!found) continue;
    return MatchedIntent{.intent = entry.intent,
                         .number = entry.number ? entry.number : found->number,
                         .language = entry.language};
  }
  return std::nullopt;
}

}  // namespace earshot::worker
