#include "worker/providers/llm/intent_grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

#include "worker/providers/llm/intent_matcher.h"
#include "worker/providers/llm/intent_phrases.h"
#include "worker/providers/llm/phrase_pattern.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDictionary = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";

TEST(IntentGrammar, EveryWordCanBePronounced) {
  std::ifstream file(kDictionary);
  ASSERT_TRUE(file) << "the recogniser's dictionary is not installed";
  std::set<std::string> known;
  for (std::string line; std::getline(file, line);) known.insert(line.substr(0, line.find(' ')));
  const IntentGrammar grammar = intent_grammar();
  for (const auto& one : grammar.pronunciations) {
    EXPECT_FALSE(known.contains(one.word)) << one.word << " is in the dictionary already";
    known.insert(one.word);
  }
  for (const std::string& word : grammar.words) EXPECT_TRUE(known.contains(word)) << word;
}

TEST(IntentGrammar, IsJsgfWithOnePublicRuleAndNoTypedPhrases) {
  const std::string jsgf = intent_grammar().jsgf;
  EXPECT_TRUE(jsgf.starts_with("#JSGF V1.0;\ngrammar earshot;\n"));
  EXPECT_EQ(jsgf.find("public"), jsgf.rfind("public"));
  EXPECT_THAT(jsgf, Not(HasSubstr("音量")));
  EXPECT_THAT(jsgf, Not(HasSubstr("shut")));
  EXPECT_TRUE(jsgf.find_first_of("*+{}/") == std::string::npos);
}

TEST(IntentGrammar, HasNoWordTwiceAndNoneInUpperCase) {
  const auto words = intent_grammar().words;
  EXPECT_EQ(std::set<std::string>(words.begin(), words.end()).size(), words.size());
  for (const std::string& word : words) {
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz'"), std::string::npos) << word;
  }
}

// Says a pattern in one of its ways.
class Speaker {
 public:
  explicit Speaker(std::uint32_t seed) : random_(seed) {}
  std::string say(std::string_view pattern) {
    rest_ = pattern;
    return choice();
  }

 private:
  bool take(char mark) {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string choice() {
    std::vector<std::string> ways;
    do ways.push_back(sequence());
    while (take('|'));
    return ways[random_() % ways.size()];
  }
  std::string sequence() {
    std::string out;
    for (;;) {
      if (take('(')) {
        out += " " + choice();
        EXPECT_TRUE(take(')'));
      } else if (take('[')) {
        const std::string inner = choice();
        EXPECT_TRUE(take(']'));
        if (random_() % 2 == 0) out += " " + inner;
      } else if (rest_.empty() || std::string_view(")]|").find(rest_.front()) != std::string_view::npos) {
        return out;
      } else if (rest_.starts_with("<level>")) {
        rest_.remove_prefix(7);
        out += " forty two";
      } else {
        const std::size_t end = std::min(rest_.find_first_of(" ()[]|<"), rest_.size());
        out += " " + std::string(rest_.substr(0, end));
        rest_.remove_prefix(end);
      }
    }
  }

  std::minstd_rand random_;
  std::string_view rest_;
};

TEST(IntentGrammar, WhateverThePatternsSayIsMatchedAsTheirIntent) {
  const IntentMatcher matcher;
  Speaker speaker(42);
  for (const IntentPhrase& phrase : intent_phrases()) {
    for (int i = 0; i < 200; ++i) {
      std::string said = speaker.say(phrase.pattern);
      if (phrase.use == IntentPhrase::Use::kCommand && i % 2 == 0) {
        said = speaker.say(kPolitePrefix) + said + " " + speaker.say(kPoliteSuffix);
      }
      const auto found = matcher.match(said);
      ASSERT_TRUE(found) << said << " of " << phrase.pattern;
      EXPECT_EQ(found->intent, phrase.intent) << said;
    }
  }
}

}  // namespace
}  // namespace earshot::worker
