#include "common/config/config_changes.h"

#include <algorithm>
#include <map>

namespace earshot {

namespace {

constexpr std::size_t kMostListed = 20;

std::map<std::string, std::string, std::less<>> values_of(std::string_view effective) {
  std::map<std::string, std::string, std::less<>> values;
  while (!effective.empty()) {
    const std::string_view line = effective.substr(0, effective.find('\n'));
    effective.remove_prefix(std::min(effective.size(), line.size() + 1));
    const std::size_t colon = line.find(": ");
    const std::string_view key = line.substr(0, colon);
    values[std::string(key)] = colon == std::string_view::npos ? "" : std::string(line.substr(colon + 2));
  }
  return values;
}

bool is_live(const std::string& key, const std::vector<std::string_view>& live) {
  return std::ranges::any_of(
      live, [&](std::string_view one) { return one.ends_with('.') ? key.starts_with(one) : key == one; });
}

}  // namespace

std::vector<std::string> changed_keys(std::string_view before, std::string_view after) {
  const auto old_values = values_of(before);
  auto new_values = values_of(after);
  std::vector<std::string> changed;
  for (const auto& [key, value] : old_values) {
    const auto now = new_values.find(key);
    if (now == new_values.end() || now->second != value) changed.push_back(key);
    if (now != new_values.end()) new_values.erase(now);
  }
  for (const auto& [key, value] : new_values) changed.push_back(key);
  std::ranges::sort(changed);
  return changed;
}

ConfigChanges sort_changes(const std::vector<std::string>& changed,
                           const std::vector<std::string_view>& live) {
  ConfigChanges sorted;
  for (const std::string& key : changed)
    (is_live(key, live) ? sorted.applied : sorted.wants_restart).push_back(key);
  return sorted;
}

std::string listed(const std::vector<std::string>& keys) {
  std::string text;
  for (std::size_t i = 0; i < std::min(keys.size(), kMostListed); ++i)
    text.append(text.empty() ? "" : ", ").append(keys[i]);
  if (keys.size() > kMostListed) text += ", and " + std::to_string(keys.size() - kMostListed) + " more";
  return text;
}

std::string one_line(std::string problems) {
  while (problems.ends_with('\n')) problems.pop_back();
  for (std::size_t end = problems.find('\n'); end != std::string::npos; end = problems.find('\n', end))
    problems.replace(end, 1, "; ");
  return problems;
}

}  // namespace earshot
