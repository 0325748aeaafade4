// Takes the tool calls that a model writes into its text out of it, where the server does not: <tool_call>,
// <function=..>, <invoke name=..>, [TOOL_CALLS] and their like (Qwen, Hermes, GLM, MiniMax, Mistral), and the tokens of
// templates (native_call.h). Pure.
//
// Bounded: kMaxBlockBytes of a block are kept, the rest is dropped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "worker/providers/llm/marked_text.h"

namespace earshot::worker {

class TextCalls {
 public:
  static constexpr std::size_t kMaxBlockBytes = 64 * 1024;

  struct Split {
    std::string said;
    std::vector<std::string> blocks;  // that ended here: for calls_in()
  };

  TextCalls() : marks_("<[") {}

  // A closing mark without an opening one is dropped.
  Split feed(std::string_view piece);
  Split finish();  // a block without its closing mark ends here

 private:
  void read(std::string_view piece, bool last, Split& split);
  void on_mark(int number, std::string_view text, Split& split);
  void keep(std::string_view text);

  MarkedText marks_;
  std::string block_;
  int row_ = -1;     // of the mark that began the block; -1: outside
  char before_ = 0;  // the byte in front of a mark
};

}  // namespace earshot::worker
