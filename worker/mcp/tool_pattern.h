// Whether a tool's name is one of those that a configuration allows: "self.audio_*", "mcp:files", "weather". Pure.
#pragma once

#include <string_view>

namespace earshot::worker {

// The names of a server's tools begin with this, its name and a dot: no device and no other server can have them.
inline constexpr std::string_view kServerToolPrefix = "mcp.";

// `*` stands for any characters. `mcp:NAME` is all of that server's tools: `mcp.NAME.*`.
bool matches_tool(std::string_view pattern, std::string_view name);

}  // namespace earshot::worker
