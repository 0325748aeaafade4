// A way to say something, in the small part of JSGF that both sides read: words, (a | b), [optional] and
// <level>. The recogniser's grammar and the matcher are made from the same patterns, so what can be heard
// can be understood. Pure.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

class PhrasePattern {
 public:
  struct Match {
    std::optional<int> number;
  };

  // REQUIRES: a well-formed pattern; patterns are part of the program, so a wrong one is a bug and aborts.
  explicit PhrasePattern(std::string_view text);

  // RETURNS: nullopt unless all the words fit.
  // Cost: patterns have no repetition, so it is bounded by the pattern.
  std::optional<Match> match(std::span<const std::string> words) const;
  void add_words(std::set<std::string>& words) const;  // without those of <level>

 private:
  struct Node {
    enum class Kind { kWord, kLevel, kSequence, kChoice, kOptional };
    Kind kind = Kind::kSequence;
    std::string word;
    std::vector<Node> children;
  };
  struct Parser;
  struct Matcher;
  static void collect(const Node& node, std::set<std::string>& words);

  Node root_;
};

}  // namespace earshot::worker
