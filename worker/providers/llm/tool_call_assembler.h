// Tool calls out of the fragments that OpenAI-compatible servers stream (providers.md 1.1). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct ToolCallFragment {
  std::optional<std::int64_t> index;
  std::string_view id;
  std::string_view name;
  std::string_view arguments;
};

class ToolCallAssembler {
 public:
  static constexpr std::size_t kMaxCalls = 32;
  static constexpr std::size_t kMaxArgumentBytes = 64 * 1024;

  // Errors: kTooLarge.
  Status add(const ToolCallFragment& fragment);
  // The calls so far, in the order in which they began; forgets them. Ids may be empty.
  std::vector<ToolCall> take();
  bool empty() const { return calls_.empty(); }

 private:
  bool begins_call(const ToolCallFragment& fragment) const;

  std::vector<ToolCall> calls_;
  std::map<std::int64_t, std::size_t> by_index_;  // the latest call with this index
};

}  // namespace earshot::worker
