#include "worker/mcp/tool_registry.h"

#include <algorithm>

namespace earshot::worker {

namespace {

bool contains(const std::vector<ToolSpec>& tools, std::string_view name) {
  return std::ranges::any_of(tools, [&](const ToolSpec& one) { return one.name == name; });
}

// One `*` is enough for "self.audio_*"; several are tried from the left.
bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t i = star; i <= name.size(); ++i) {
    if (matches(rest, name.substr(i))) return true;
  }
  return false;
}

}  // namespace

ToolRegistry::ToolRegistry(std::vector<ToolSpec> builtin, std::vector<std::string> allowed)
    : allowed_(std::move(allowed)), builtin_(std::move(builtin)) {
  std::erase_if(builtin_, [this](const ToolSpec& tool) { return !is_allowed(tool.name); });
}

void ToolRegistry::set_device_tools(const std::vector<ToolSpec>& tools) {
  device_.clear();
  for (const ToolSpec& tool : tools) {
    if (!contains(builtin_, tool.name) && is_allowed(tool.name)) device_.push_back(tool);
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

bool ToolRegistry::is_allowed(std::string_view name) const {
  return allowed_.empty() ||
         std::ranges::any_of(allowed_, [&](const std::string& pattern) { return matches(pattern, name); });
}

}  // namespace earshot::worker
