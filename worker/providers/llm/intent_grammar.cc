#include "worker/providers/llm/intent_grammar.h"

#include <set>

#include "worker/providers/llm/intent_phrases.h"
#include "worker/providers/llm/phrase_pattern.h"
#include "worker/providers/llm/spoken_number.h"

namespace earshot::worker {

namespace {

std::string rule(IntentPhrase::Use use) {
  std::string text;
  for (const IntentPhrase& phrase : intent_phrases()) {
    if (phrase.use != use) continue;
    text += text.empty() ? "\n    ( " : "\n  | ( ";
    text += phrase.pattern;
    text += " )";
  }
  return text;
}

}  // namespace

IntentGrammar intent_grammar() {
  IntentGrammar grammar;
  grammar.jsgf =
      "#JSGF V1.0;\n"
      "grammar earshot;\n"
      "public <utterance> = [<before>] <command> [<after>] | <remark>;\n"
      "<before> = " +
      std::string(kPolitePrefix) + ";\n" + "<after> = " + std::string(kPoliteSuffix) + ";\n" +
      "<command> =" + rule(IntentPhrase::Use::kCommand) + ";\n" +
      "<remark> =" + rule(IntentPhrase::Use::kRemark) + ";\n" + level_rules();

  std::set<std::string> words;
  PhrasePattern(kPolitePrefix).add_words(words);
  PhrasePattern(kPoliteSuffix).add_words(words);
  for (const IntentPhrase& phrase : intent_phrases()) {
    if (phrase.use != IntentPhrase::Use::kTyped) PhrasePattern(phrase.pattern).add_words(words);
  }
  for (std::string& word : level_words()) words.insert(std::move(word));
  grammar.words.assign(words.begin(), words.end());
  for (const WordPronunciation& one : intent_pronunciations()) {
    grammar.pronunciations.push_back({.word = std::string(one.word), .phones = std::string(one.phones)});
  }
  return grammar;
}

}  // namespace earshot::worker
