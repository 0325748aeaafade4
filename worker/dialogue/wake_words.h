// Tells a wake word from a sentence: both come as the text of `listen detect` (traps 14, 15). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

class WakeWords {
 public:
  explicit WakeWords(const std::vector<std::string>& words);

  // Case, blanks and punctuation do not count: "Hi, ESP" is "hiesp".
  bool contains(std::string_view text) const;

  // Of the models that the firmware ships with.
  static std::vector<std::string> usual();

 private:
  std::vector<std::string> words_;
};

}  // namespace earshot::worker
