// Is a piece of text a sentence to its end? Pure.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace earshot::worker {

// True: it ends with a full stop or the like, of any script, perhaps inside quotes or brackets.
inline bool ends_sentence(std::string_view text) {
  constexpr auto kEnds = std::to_array<std::string_view>(
      {".", "!", "?", "…", "。", "！", "？", "｡", "．", "।", "॥", "؟", "۔", "։", "።", "။", "។", "：", ":"});
  constexpr auto kClosers = std::to_array<std::string_view>(
      {" ", "\n", "\"", "'", ")", "]", "*", "”", "’", "」", "』", "）", "】", "》", "»", "〉"});
  const auto ends_with_one_of = [&](const auto& list) {
    return std::ranges::find_if(list, [&](std::string_view one) { return text.ends_with(one); });
  };
  for (auto closer = ends_with_one_of(kClosers); closer != kClosers.end();
       closer = ends_with_one_of(kClosers))
    text.remove_suffix(closer->size());
  return ends_with_one_of(kEnds) != kEnds.end();
}

}  // namespace earshot::worker
