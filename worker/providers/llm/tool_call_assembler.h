// Tool calls out of the fragments that OpenAI-compatible servers stream (provider-protocol 1.1). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct ToolCallFragment {
  std::optional<std::int64_t> index;
  std::string_view id;
  std::string_view name;
  std::string_view arguments;
};

// Bounded: calls beyond kMaxCalls are dropped and counted; arguments beyond kMaxArgumentBytes make their call
// unusable.
class ToolCallAssembler {
 public:
  static constexpr std::size_t kMaxCalls = 32;
  static constexpr std::size_t kMaxArgumentBytes = 64 * 1024;

  // A known id or a new one decides; then the index; a fragment with neither belongs to the call that is being
  // written, as one does whose index no call has.
  void add(const ToolCallFragment& fragment);
  // The calls so far, in the order in which they began; forgets them. Ids may be empty.
  std::vector<ToolCall> take();
  bool empty() const { return calls_.empty(); }
  std::uint32_t dropped() const { return dropped_; }  // fragments of calls for which there was no room

 private:
  static constexpr std::size_t kNew = SIZE_MAX;
  std::size_t call_of(const ToolCallFragment& fragment) const;  // kNew: it begins one

  std::vector<ToolCall> calls_;
  std::map<std::int64_t, std::size_t> by_index_;  // the latest call with this index
  std::uint32_t dropped_ = 0;
  bool dropping_ = false;  // what has neither id nor name belongs to a dropped call
};

}  // namespace earshot::worker
