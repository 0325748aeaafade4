#include "worker/mcp/tool_registry.h"

#include <algorithm>

#include "worker/mcp/tool_pattern.h"

namespace earshot::worker {

namespace {

bool contains(const std::vector<ToolSpec>& tools, std::string_view name) {
  return std::ranges::any_of(tools, [&](const ToolSpec& one) { return one.name == name; });
}

}  // namespace

ToolRegistry::ToolRegistry(std::vector<ToolSpec> builtin, std::vector<std::string> allowed, bool callers_own)
    : allowed_(std::move(allowed)), callers_own_(callers_own), builtin_(std::move(builtin)) {
  std::erase_if(builtin_, [this](const ToolSpec& tool) { return !is_allowed(tool.name); });
}

void ToolRegistry::set_device_tools(const std::vector<ToolSpec>& tools) {
  device_.clear();
  for (const ToolSpec& tool : tools) {
    const bool taken = contains(builtin_, tool.name) || tool.name.starts_with(kServerToolPrefix);
    if (!taken && (callers_own_ || is_allowed(tool.name))) device_.push_back(tool);
  }
}

void ToolRegistry::set_outside_tools(const ToolList& tools) {
  if (tools == outside_list_) return;
  outside_list_ = tools;
  outside_.clear();
  outside_names_.clear();
  if (!tools) return;
  for (std::uint32_t place = 0; place < tools->size() && outside_.size() < kMaxOutside; ++place) {
    const std::string& name = (*tools)[place].name;
    if (contains(builtin_, name) || !is_allowed(name)) continue;
    if (outside_names_.emplace(name, place).second) outside_.push_back(place);
  }
}

ToolOwner ToolRegistry::owner_of(std::string_view name) const {
  if (contains(builtin_, name)) return ToolOwner::kBuiltin;
  if (outside(name) != nullptr) return ToolOwner::kOutside;
  if (contains(device_, name)) return ToolOwner::kDevice;
  return ToolOwner::kNobody;
}

const ToolSpec* ToolRegistry::outside(std::string_view name) const {
  const auto found = outside_names_.find(name);
  return found == outside_names_.end() ? nullptr : &(*outside_list_)[found->second];
}

std::vector<ToolSpec> ToolRegistry::all() const {
  std::vector<ToolSpec> tools;
  tools.reserve(device_.size() + outside_.size() + builtin_.size());
  for (const ToolSpec& tool : device_) {
    if (!outside_names_.contains(tool.name)) tools.push_back(tool);
  }
  for (const std::uint32_t place : outside_) tools.push_back((*outside_list_)[place]);
  tools.insert(tools.end(), builtin_.begin(), builtin_.end());
  return tools;
}

bool ToolRegistry::is_allowed(std::string_view name) const {
  return allowed_.empty() || std::ranges::any_of(allowed_, [&](const std::string& pattern) {
           return matches_tool(pattern, name);
         });
}

}  // namespace earshot::worker
