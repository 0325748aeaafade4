#include "worker/providers/llm/tool_call_assembler.h"

#include <utility>

namespace earshot::worker {

Status ToolCallAssembler::add(const ToolCallFragment& fragment) {
  if (begins_call(fragment)) {
    if (calls_.size() == kMaxCalls) return Error{ErrorCode::kTooLarge, "the model made too many tool calls"};
    if (fragment.index) by_index_[*fragment.index] = calls_.size();
    calls_.emplace_back();
  }
  ToolCall& call = fragment.index ? calls_[by_index_.at(*fragment.index)] : calls_.back();
  if (call.id.empty()) call.id = fragment.id;
  if (call.name.empty()) call.name = fragment.name;
  if (call.arguments.size() + fragment.arguments.size() > kMaxArgumentBytes) {
    return Error{ErrorCode::kTooLarge, "the arguments of a tool call are too large"};
  }
  call.arguments += fragment.arguments;
  return kDone;
}

std::vector<ToolCall> ToolCallAssembler::take() {
  by_index_.clear();
  return std::exchange(calls_, {});
}

bool ToolCallAssembler::begins_call(const ToolCallFragment& fragment) const {
  if (calls_.empty()) return true;
  if (!fragment.index) return !fragment.name.empty();
  const auto known = by_index_.find(*fragment.index);
  if (known == by_index_.end()) return true;
  // Some servers number all calls of a chunk 0: another id together with a name is another call.
  const ToolCall& call = calls_[known->second];
  return !fragment.name.empty() && !fragment.id.empty() && !call.id.empty() && fragment.id != call.id;
}

}  // namespace earshot::worker
