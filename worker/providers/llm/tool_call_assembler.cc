#include "worker/providers/llm/tool_call_assembler.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

void ToolCallAssembler::add(const ToolCallFragment& fragment) {
  const bool anonymous = fragment.id.empty() && fragment.name.empty();
  std::size_t at = call_of(fragment);
  if (dropping_ && anonymous) {
    ++dropped_;
    return;
  }
  dropping_ = at == kNew && calls_.size() == kMaxCalls;
  if (dropping_) {
    ++dropped_;
    return;
  }
  if (at == kNew) {
    at = calls_.size();
    calls_.emplace_back();
    if (fragment.index) by_index_[*fragment.index] = at;
  }
  ToolCall& call = calls_[at];
  if (call.id.empty()) call.id = fragment.id;
  if (call.name.empty()) call.name = fragment.name;
  if (call.arguments.size() + fragment.arguments.size() > kMaxArgumentBytes) call.unusable = true;
  if (!call.unusable) call.arguments += fragment.arguments;
}

std::vector<ToolCall> ToolCallAssembler::take() {
  by_index_.clear();
  dropping_ = false;
  dropped_ = 0;
  return std::exchange(calls_, {});
}

std::size_t ToolCallAssembler::call_of(const ToolCallFragment& fragment) const {
  if (calls_.empty()) return kNew;
  const std::size_t last = calls_.size() - 1;
  if (!fragment.id.empty()) {
    const auto known = std::ranges::find(calls_.rbegin(), calls_.rend(), fragment.id, &ToolCall::id);
    // The same id under another name: a server that gives all calls one id.
    if (known != calls_.rend() &&
        (fragment.name.empty() || known->name.empty() || known->name == fragment.name))
      return static_cast<std::size_t>(calls_.rend() - known) - 1;
  }
  if (!fragment.index) return fragment.name.empty() ? last : kNew;
  const auto known = by_index_.find(*fragment.index);
  if (known == by_index_.end()) return fragment.id.empty() && fragment.name.empty() ? last : kNew;
  // Some servers number all calls of a chunk 0: another id together with a name is another call.
  const bool another = !fragment.name.empty() && !fragment.id.empty() && !calls_[known->second].id.empty();
  return another ? kNew : known->second;
}

}  // namespace earshot::worker
