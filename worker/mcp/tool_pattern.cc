#include "worker/mcp/tool_pattern.h"

#include <string>

namespace earshot::worker {

namespace {

constexpr std::string_view kWholeServer = "mcp:";

// Only the latest `*` is ever tried again, so that many of them cost no more than the product of the lengths.
bool fits(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t behind_star = 0;
  for (std::size_t i = 0; i < name.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      behind_star = i;
    } else if (at < pattern.size() && pattern[at] == name[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

bool matches_tool(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with(kWholeServer)) return fits(pattern, name);
  const std::string server(pattern.substr(kWholeServer.size()));
  return fits(std::string(kServerToolPrefix) + server + ".*", name);
}

}  // namespace earshot::worker
