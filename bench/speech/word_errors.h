// How many words a recogniser got wrong, however it writes numbers, marks and capitals. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::bench {

// Small letters, numbers in words ("50%" is "fifty percent", "6:30" is "six thirty"), no marks, one spelling for what
// English writes in two ways.
std::vector<std::string> comparable_words(std::string_view text);

struct WordErrors {
  std::size_t words = 0;   // that were said
  std::size_t errors = 0;  // changed, left out, put in
  std::size_t sentences = 0;
  std::size_t exact = 0;  // without an error

  void add(std::string_view said, std::string_view heard);
  double percent() const;  // can be above 100
};

}  // namespace earshot::bench
