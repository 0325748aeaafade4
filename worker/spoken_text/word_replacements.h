// What a voice says in place of words that it says wrongly: names, abbreviations. What is shown stays. Pure.
//
// A whole word is replaced, case does not count: "SQL" is not within "MySQL". Where words have no blanks between
// them (Chinese, Japanese, Thai) a part of the text is. Of two that begin at one place the longer counts, and
// nothing is replaced twice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earshot::worker {

class WordReplacements {
 public:
  static constexpr std::size_t kMaxCount = 200;
  static constexpr std::size_t kMaxBytes = 100;  // of a word, and of what is said for it

  WordReplacements() = default;
  // Pairs beyond the bounds, and empty words, are left out.
  explicit WordReplacements(std::vector<std::pair<std::string, std::string>> pairs);

  bool empty() const { return pairs_.empty(); }
  std::string apply(std::string_view text) const;

  bool operator==(const WordReplacements&) const = default;

 private:
  struct Pair {
    std::string word;
    std::string said;
    bool operator==(const Pair&) const = default;
  };
  // RETURNS: the one whose word stands at `at`; nullptr: none.
  const Pair* at(std::string_view text, std::size_t at) const;

  std::vector<Pair> pairs_;  // longest word first
};

}  // namespace earshot::worker
