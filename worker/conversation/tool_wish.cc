#include "worker/conversation/tool_wish.h"

#include <vector>

namespace earshot::worker {

void choose_tools(LlmRequest& request, bool called) {
  LlmWish& wish = request.wish;
  if (wish.tool_use == LlmWish::ToolUse::kNone) request.tools.clear();
  if (wish.tool_use != LlmWish::ToolUse::kRequired) return;
  if (called) {
    wish.tool_use = LlmWish::ToolUse::kAuto;
    return;
  }
  if (wish.only_tool.empty()) return;
  std::erase_if(request.tools, [&](const ToolSpec& tool) { return tool.name != wish.only_tool; });
}

}  // namespace earshot::worker
