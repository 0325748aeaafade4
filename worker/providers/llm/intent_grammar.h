// The recogniser's view of the intent table: a JSGF grammar of everything that may be spoken. Pure.
#pragma once

#include <string>
#include <vector>

namespace earshot::worker {

struct IntentGrammar {
  struct Pronunciation {
    std::string word;
    std::string phones;
  };
  std::string jsgf;                // one public rule, <utterance>
  std::vector<std::string> words;  // every word in it, sorted: the dictionary needs these and no others
  std::vector<Pronunciation> pronunciations;  // of those that an English dictionary lacks
};

IntentGrammar intent_grammar();

}  // namespace earshot::worker
