#include "worker/providers/llm/phrase_pattern.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/base/check.h"
#include "worker/providers/llm/spoken_number.h"
#include "worker/providers/llm/utterance_words.h"

namespace earshot::worker {

struct PhrasePattern::Parser {
  static constexpr std::string_view kLevel = "<level>";
  static constexpr std::string_view kMarks = "()[]|<";
  std::string_view rest;

  void skip_blanks() {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  }
  bool take(char mark) {
    skip_blanks();
    if (rest.empty() || rest.front() != mark) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool at_end_of_sequence() {
    skip_blanks();
    return rest.empty() || rest.front() == '|' || rest.front() == ')' || rest.front() == ']';
  }

  Node choice() {
    Node node{.kind = Node::Kind::kChoice, .word = {}, .children = {}};
    do node.children.push_back(sequence());
    while (take('|'));
    return node.children.size() == 1 ? Node(node.children.front()) : node;
  }
  Node sequence() {
    Node node{.kind = Node::Kind::kSequence, .word = {}, .children = {}};
    while (!at_end_of_sequence()) item(node);
    EARSHOT_CHECK(!node.children.empty(), "an empty alternative in a phrase pattern");
    return node;
  }
  void item(Node& sequence_node) {
    if (take('(')) {
      sequence_node.children.push_back(choice());
      EARSHOT_CHECK(take(')'), "a phrase pattern lacks a ')'");
    } else if (take('[')) {
      Node node{.kind = Node::Kind::kOptional, .word = {}, .children = {}};
      node.children.push_back(choice());
      EARSHOT_CHECK(take(']'), "a phrase pattern lacks a ']'");
      sequence_node.children.push_back(std::move(node));
    } else if (rest.starts_with(kLevel)) {
      rest.remove_prefix(kLevel.size());
      sequence_node.children.push_back({.kind = Node::Kind::kLevel, .word = {}, .children = {}});
    } else if (rest.starts_with('<')) {
      const std::size_t end = rest.find('>');
      EARSHOT_CHECK(end != std::string_view::npos && end > 1, "a phrase pattern has a slot without a name");
      sequence_node.children.push_back(
          {.kind = Node::Kind::kSlot, .word = std::string(rest.substr(1, end - 1)), .children = {}});
      rest.remove_prefix(end + 1);
    } else {
      const std::size_t end = rest.find_first_of(kMarks);
      EARSHOT_CHECK(end != 0, "a phrase pattern has an unknown mark");
      // Cut as the user's words will be, so that both compare equal.
      for (std::string& word : utterance_words(rest.substr(0, end))) {
        sequence_node.children.push_back(
            {.kind = Node::Kind::kWord, .word = std::move(word), .children = {}});
      }
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
    }
  }
};

// Backtracking with a continuation: `then(position)` decides whether the rest fits as well.
struct PhrasePattern::Matcher {
  std::span<const std::string> words;
  const SlotTest* may_fill = nullptr;
  std::optional<int> number;
  std::vector<Slot> slots;
  int steps_left = kMaxSteps;
  using Then = std::function<bool(std::size_t)>;

  bool run(const Node& node, std::size_t at, const Then& then) {
    if (--steps_left < 0) return false;
    switch (node.kind) {
      case Node::Kind::kWord:
        return at < words.size() && words[at] == node.word && then(at + 1);
      case Node::Kind::kLevel: {
        const auto found = read_number(words.subspan(at));
        if (!found) return false;
        number = found->value;
        const std::size_t end = at + found->words;
        const bool percent = end < words.size() && words[end] == "percent";
        return (percent && then(end + 1)) || then(end);
      }
      case Node::Kind::kSlot:
        return fill(node.word, at, then);
      case Node::Kind::kSequence:
        return run_from(node, 0, at, then);
      case Node::Kind::kChoice:
        for (const Node& child : node.children) {
          if (run(child, at, then)) return true;
        }
        return false;
      case Node::Kind::kOptional:
        return run(node.children.front(), at, then) || then(at);
    }
    return false;
  }
  bool fill(const std::string& name, std::size_t at, const Then& then) {
    // Free text ends where the rest begins; an amount or a time is as long as it can be: "ten to seven", not "ten".
    const bool is_free = name == "text" || name == "items" || name == "list";
    const std::size_t most = words.size() - std::min(at, words.size());
    for (std::size_t count = 1; may_fill != nullptr && count <= most; ++count) {
      const std::size_t end = is_free ? at + count : words.size() - count + 1;
      if (--steps_left < 0) return false;
      if (!(*may_fill)(name, words.subspan(at, end - at))) continue;
      slots.push_back({name, at, end});
      if (then(end)) return true;
      slots.pop_back();
    }
    return false;
  }
  bool run_from(const Node& sequence, std::size_t child, std::size_t at, const Then& then) {
    if (child == sequence.children.size()) return then(at);
    return run(sequence.children[child], at,
               [&, child](std::size_t next) { return run_from(sequence, child + 1, next, then); });
  }
};

PhrasePattern::PhrasePattern(std::string_view text) {
  Parser parser{text};
  root_ = parser.choice();
  EARSHOT_CHECK(parser.rest.empty(), "a phrase pattern has a mark too many");
}

std::optional<PhrasePattern::Match> PhrasePattern::match(std::span<const std::string> words) const {
  if (words.empty() || words.size() > kMaxCommandWords) return std::nullopt;
  Matcher matcher{.words = words, .may_fill = nullptr, .number = {}, .slots = {}};
  if (!matcher.run(root_, 0, [&](std::size_t end) { return end == words.size(); })) return std::nullopt;
  return Match{.number = matcher.number};
}

std::optional<PhrasePattern::Match> PhrasePattern::match(std::span<const std::string> words,
                                                         const SlotTest& may_fill) const {
  if (!may_match(root_, words)) return std::nullopt;
  Matcher matcher{.words = words, .may_fill = &may_fill, .number = {}, .slots = {}};
  if (!matcher.run(root_, 0, [&](std::size_t end) { return end == words.size(); })) return std::nullopt;
  return Match{.number = matcher.number, .slots = std::move(matcher.slots)};
}

bool PhrasePattern::may_match(const Node& node, std::span<const std::string> words) {
  const auto may = [words](const Node& child) { return may_match(child, words); };
  switch (node.kind) {
    case Node::Kind::kWord:
      return std::ranges::find(words, node.word) != words.end();
    case Node::Kind::kSequence:
      return std::ranges::all_of(node.children, may);
    case Node::Kind::kChoice:
      return std::ranges::any_of(node.children, may);
    case Node::Kind::kLevel:
    case Node::Kind::kSlot:
    case Node::Kind::kOptional:
      return true;
  }
  return true;
}

void PhrasePattern::add_words(std::set<std::string>& words) const {
  collect(root_, words);
}

void PhrasePattern::collect(const Node& node, std::set<std::string>& words) {
  if (node.kind == Node::Kind::kWord) words.insert(node.word);
  for (const Node& child : node.children) collect(child, words);
}

}  // namespace earshot::worker
