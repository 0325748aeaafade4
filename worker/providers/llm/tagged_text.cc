#include "worker/providers/llm/tagged_text.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

// Length of the longest end of `text` that begins `tag`.
std::size_t begun(std::string_view text, std::string_view tag) {
  for (std::size_t length = std::min(text.size(), tag.size() - 1); length > 0; --length) {
    if (text.ends_with(tag.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

TaggedText::Split TaggedText::feed(std::string_view piece) {
  Split split;
  const std::string all = std::exchange(held_, {}) + std::string(piece);
  std::string_view rest = all;
  while (true) {
    const std::size_t open = inside_ ? std::string_view::npos : rest.find(open_);
    const std::size_t close = rest.find(close_);
    const std::size_t at = std::min(open, close);
    if (at == std::string_view::npos) break;
    if (inside_) {
      keep(rest.substr(0, at));
      if (max_block_bytes_ > 0) split.blocks.push_back(std::exchange(block_, {}));
    } else {
      split.outside += rest.substr(0, at);
    }
    inside_ = at == open;
    rest.remove_prefix(at + (inside_ ? open_.size() : close_.size()));
  }
  const std::size_t undecided = std::max(inside_ ? 0 : begun(rest, open_), begun(rest, close_));
  const std::string_view decided = rest.substr(0, rest.size() - undecided);
  if (inside_) {
    keep(decided);
  } else {
    split.outside += decided;
  }
  held_ = rest.substr(decided.size());
  return split;
}

TaggedText::Split TaggedText::finish() {
  Split split;
  const std::string last = std::exchange(held_, {});
  if (!inside_) {
    split.outside = last;
  } else {
    keep(last);
    if (max_block_bytes_ > 0) split.blocks.push_back(std::exchange(block_, {}));
  }
  inside_ = false;
  return split;
}

void TaggedText::keep(std::string_view inside) {
  block_ += inside.substr(0, max_block_bytes_ - block_.size());
}

}  // namespace earshot::worker
