// Finds the intent in what was said or typed. Pure.
//
// Runs on: any thread once made; match() is const.
// Owns: the compiled patterns.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "worker/providers/llm/intent.h"
#include "worker/providers/llm/phrase_pattern.h"

namespace earshot::worker {

class IntentMatcher {
 public:
  IntentMatcher();
  std::optional<MatchedIntent> match(std::string_view utterance) const;

 private:
  struct Entry {
    Intent intent{};
    std::optional<int> number;
    std::string_view language;
    PhrasePattern pattern;
  };
  std::vector<Entry> entries_;
};

}  // namespace earshot::worker
