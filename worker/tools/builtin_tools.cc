#include "worker/tools/builtin_tools.h"

#include "worker/tools/date_tool.h"
#include "worker/tools/end_session_tool.h"
#include "worker/tools/list_tools.h"
#include "worker/tools/lunar_date_tool.h"
#include "worker/tools/memory_tools.h"
#include "worker/tools/reminder_tools.h"
#include "worker/tools/time_tool.h"

namespace earshot::worker {

BuiltinTools::BuiltinTools() {
  tools_.push_back(std::make_unique<TimeTool>());
  tools_.push_back(std::make_unique<DateTool>());
  tools_.push_back(std::make_unique<LunarDateTool>());
  tools_.push_back(std::make_unique<EndSessionTool>());
  tools_.push_back(std::make_unique<ReminderSetTool>());
  tools_.push_back(std::make_unique<ReminderListTool>());
  tools_.push_back(std::make_unique<ReminderCancelTool>());
  tools_.push_back(std::make_unique<ListChangeTool>());
  tools_.push_back(std::make_unique<ListReadTool>());
  tools_.push_back(std::make_unique<MemoryReadTool>());
  tools_.push_back(std::make_unique<MemoryRememberTool>());
  tools_.push_back(std::make_unique<MemoryForgetTool>());
}

std::vector<ToolSpec> BuiltinTools::specs(bool with_notebook, bool with_facts) const {
  std::vector<ToolSpec> specs;
  for (const auto& tool : tools_) {
    const bool offered = (with_notebook || !tool->needs_notebook()) && (with_facts || !tool->needs_facts());
    if (offered) specs.push_back(tool->spec());
  }
  return specs;
}

const BuiltinTool* BuiltinTools::find(std::string_view name) const {
  for (const auto& tool : tools_) {
    if (tool->spec().name == name) return tool.get();
  }
  return nullptr;
}

}  // namespace earshot::worker
