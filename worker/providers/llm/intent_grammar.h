// The recogniser's view of the intent table: a JSGF grammar of everything that may be spoken. Pure.
#pragma once

#include <string>
#include <vector>

namespace earshot::worker {

struct IntentGrammar {
  std::string jsgf;                // one public rule, <utterance>
  std::vector<std::string> words;  // every word in it, sorted: the dictionary needs these and no others
};

IntentGrammar intent_grammar();

}  // namespace earshot::worker
