// A way to say something, in the small part of JSGF that both sides read: words, (a | b), [optional] and
// <level>. The recogniser's grammar and the matcher are made from the same patterns, so what can be heard
// can be understood. Any other <name> is a slot: one word or more of free text, which whoever matches judges;
// such patterns are for text only. Pure.
#pragma once

#include <cstddef>
#include <functional>
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
  struct Slot {
    std::string name;
    std::size_t first = 0;  // words [first, last)
    std::size_t last = 0;
  };
  struct Match {
    std::optional<int> number;
    std::vector<Slot> slots = {};  // in the order of the words
  };
  // Whether these words may fill that slot. Of <text>, <items> and <list> fewer words are tried before more, of the
  // others more before fewer.
  using SlotTest = std::function<bool(std::string_view name, std::span<const std::string> words)>;

  static constexpr int kMaxSteps = 5000;

  // REQUIRES: a well-formed pattern; patterns are part of the program, so a wrong one is a bug and aborts.
  explicit PhrasePattern(std::string_view text);

  // RETURNS: nullopt unless all the words fit.
  // Cost: patterns have no repetition, so it is bounded by the pattern.
  std::optional<Match> match(std::span<const std::string> words) const;
  // With slots. Cost: kMaxSteps; what would need more of them does not fit. Most patterns lack a word and cost less.
  std::optional<Match> match(std::span<const std::string> words, const SlotTest& may_fill) const;
  void add_words(std::set<std::string>& words) const;  // without those of <level>

 private:
  struct Node {
    enum class Kind { kWord, kLevel, kSlot, kSequence, kChoice, kOptional };
    Kind kind = Kind::kSequence;
    std::string word;  // or the slot's name
    std::vector<Node> children;
  };
  struct Parser;
  struct Matcher;
  // Whether all the words are there that the node cannot do without.
  static bool may_match(const Node& node, std::span<const std::string> words);
  static void collect(const Node& node, std::set<std::string>& words);

  Node root_;
};

}  // namespace earshot::worker
