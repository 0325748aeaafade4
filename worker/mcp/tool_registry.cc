#include "worker/mcp/tool_registry.h"

#include <algorithm>

namespace earshot::worker {

namespace {

bool contains(const std::vector<ToolSpec>& tools, std::string_view name) {
  return std::ranges::any_of(tools, [&](const ToolSpec& one) { return one.name == name; });
}

}  // namespace

void ToolRegistry::set_device_tools(const std::vector<ToolSpec>& tools) {
  device_.clear();
  for (const ToolSpec& tool : tools) {
    if (!contains(builtin_, tool.name)) device_.push_back(tool);
  }
}

ToolOwner ToolRegistry::owner_of(std::string_view name) const {
  if (contains(builtin_, name)) return ToolOwner::kBuiltin;
  if (contains(device_, name)) return ToolOwner::kDevice;
  return ToolOwner::kNobody;
}

std::vector<ToolSpec> ToolRegistry::all() const {
  std::vector<ToolSpec> tools = device_;
  tools.insert(tools.end(), builtin_.begin(), builtin_.end());
  return tools;
}

}  // namespace earshot::worker
