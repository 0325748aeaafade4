#include "worker/providers/llm/text_calls.h"

#include <array>
#include <utility>

namespace earshot::worker {

namespace {

struct CallMark {
  std::string_view name;  // of the element; or the opening mark itself
  std::string_view literal_end = {};
  bool is_element = true;
  bool is_content = false;  // the opening mark holds the name of the tool
};

constexpr auto kCallMarks = std::to_array<CallMark>({
    {.name = "tool_call"},
    {.name = "tool_calls"},
    {.name = "function_call"},
    {.name = "function_calls"},
    {.name = "minimax:tool_call"},
    {.name = "invoke", .is_content = true},
    {.name = "<function=", .literal_end = "</function>", .is_element = false, .is_content = true},
    {.name = "[TOOL_CALLS]", .is_element = false},
    // Tokens of templates: native_call.h.
    {.name = "<|tool_calls_section_begin|>",
     .literal_end = "<|tool_calls_section_end|>",
     .is_element = false},
    {.name = "<｜tool▁calls▁begin｜>", .literal_end = "<｜tool▁calls▁end｜>", .is_element = false},
    {.name = "<｜DSML｜function_calls>", .literal_end = "</｜DSML｜function_calls>", .is_element = false},
    {.name = "<|channel|>commentary to=", .literal_end = "<|call|>", .is_element = false, .is_content = true},
    {.name = "<start_function_call>", .literal_end = "<end_function_call>", .is_element = false},
    // JSON between them: Llama, Command, Granite and Phi, InternLM.
    {.name = "<|python_tag|>", .literal_end = "<|eom_id|>", .is_element = false},
    {.name = "<|START_ACTION|>", .literal_end = "<|END_ACTION|>", .is_element = false},
    {.name = "<|tool_call|>", .literal_end = "<|/tool_call|>", .is_element = false},
    {.name = "<|action_start|>", .literal_end = "<|action_end|>", .is_element = false},
});

MarkMatch find_call_mark(std::string_view rest) {
  MarkMatch best;
  for (std::size_t row = 0; row < kCallMarks.size(); ++row) {
    const CallMark& mark = kCallMarks[row];
    const int opens = static_cast<int>(row) * 2;
    if (mark.is_element) {
      best = better(best, match_element(rest, mark.name, false, opens));
      best = better(best, match_element(rest, mark.name, true, opens + 1));
      continue;
    }
    best = better(best, match_mark(rest, mark.name, opens));
    if (!mark.literal_end.empty()) best = better(best, match_mark(rest, mark.literal_end, opens + 1));
  }
  return best;
}

}  // namespace

TextCalls::Split TextCalls::feed(std::string_view piece) {
  Split split;
  read(piece, false, split);
  return split;
}

TextCalls::Split TextCalls::finish() {
  Split split;
  read({}, true, split);
  if (row_ >= 0) split.blocks.push_back(std::exchange(block_, {}));
  row_ = -1;
  return split;
}

void TextCalls::read(std::string_view piece, bool last, Split& split) {
  const auto on_text = [&](std::string_view text) {
    before_ = text.back();
    if (row_ >= 0) {
      keep(text);
    } else {
      split.said += text;
    }
  };
  marks_.feed(piece, last, find_call_mark, on_text, [&](int number, std::string_view text) {
    if (row_ < 0 && before_ == '`') return on_text(text);  // the model speaks of the mark
    before_ = 0;
    on_mark(number, text, split);
  });
}

void TextCalls::on_mark(int number, std::string_view text, Split& split) {
  const int row = number / 2;
  const bool opens = number % 2 == 0;
  if (row_ < 0) {
    if (!opens) return;
    row_ = row;
    if (kCallMarks[static_cast<std::size_t>(row)].is_content) keep(text);
  } else if (!opens && row == row_) {
    split.blocks.push_back(std::exchange(block_, {}));
    row_ = -1;
  } else {
    keep(text);
  }
}

void TextCalls::keep(std::string_view text) {
  block_ += text.substr(0, kMaxBlockBytes - block_.size());
}

}  // namespace earshot::worker
