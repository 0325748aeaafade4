#include "worker/tools/builtin_tools.h"

#include "worker/tools/date_tool.h"
#include "worker/tools/end_session_tool.h"
#include "worker/tools/lunar_date_tool.h"
#include "worker/tools/time_tool.h"

namespace earshot::worker {

BuiltinTools::BuiltinTools() {
  tools_.push_back(std::make_unique<TimeTool>());
  tools_.push_back(std::make_unique<DateTool>());
  tools_.push_back(std::make_unique<LunarDateTool>());
  tools_.push_back(std::make_unique<EndSessionTool>());
}

std::vector<ToolSpec> BuiltinTools::specs() const {
  std::vector<ToolSpec> specs;
  for (const auto& tool : tools_) specs.push_back(tool->spec());
  return specs;
}

const BuiltinTool* BuiltinTools::find(std::string_view name) const {
  for (const auto& tool : tools_) {
    if (tool->spec().name == name) return tool.get();
  }
  return nullptr;
}

}  // namespace earshot::worker
