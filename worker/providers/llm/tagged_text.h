// Takes blocks between two tags out of streamed text, also when the tags are split over pieces: what a model
// thinks between <think> and </think>, the calls that it writes between <tool_call> and </tool_call>. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

class TaggedText {
 public:
  struct Split {
    std::string outside;
    std::vector<std::string> blocks;  // that ended here; empty if blocks are not kept
  };

  // `max_block_bytes` of a block are kept, the rest is dropped; 0 keeps none.
  TaggedText(std::string_view open, std::string_view close, std::size_t max_block_bytes)
      : open_(open), close_(close), max_block_bytes_(max_block_bytes) {}

  // What may be the start of a tag is held back until the next piece. A closing tag without an opening one is
  // dropped: some chat templates put the opening one into the prompt.
  Split feed(std::string_view piece);
  Split finish();  // a block without its closing tag ends here

 private:
  void keep(std::string_view inside);

  std::string open_;
  std::string close_;
  std::size_t max_block_bytes_;
  std::string held_;   // bytes not yet decided
  std::string block_;  // the block so far
  bool inside_ = false;
};

}  // namespace earshot::worker
