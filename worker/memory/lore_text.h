// Passages of an agent's documents, as a model reads them in front of the user's words. Pure.
//
// They are material and no orders: whoever wrote a document does not speak for the agent's owner. Each is in quotation
// marks, and what is behind a quotation mark stays behind it.
// Bounded: kMaxLoreTextBytes; the best come first, and what does not fit is left out whole.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace earshot::worker {

inline constexpr std::size_t kMaxLoreTextBytes = 4 * 1024;  // some 1,000 tokens

struct Passage {
  std::string title{};  // of its document
  std::string text{};
};

// Empty: there are none.
std::string lore_text(const std::vector<Passage>& passages);

}  // namespace earshot::worker
