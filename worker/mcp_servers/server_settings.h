// MCP servers as worker.yaml and the established server's mcp_server_settings.json name them.
//
//   mcp_servers:
//     files:                               # a program; its tools are mcp.files.*
//       command: npx
//       args: [-y, "@modelcontextprotocol/server-filesystem", /srv/share]
//       env: { LOG: warn }
//       secrets: { API_KEY_env: FILES_KEY }    # variables of the program, as read_secret() reads them
//       tools: ["read_*"]                  # default: all
//     search:                              # of the web
//       url: https://search.example.com/mcp
//       transport: streamable_http         # or sse
//       token_env: SEARCH_TOKEN            # Authorization: Bearer
//       secrets: { X-Api-Key_file: /etc/key }  # headers
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/config/config_reader.h"
#include "worker/mcp_servers/web_terms.h"

namespace earshot::worker {

struct ProgramTerms {
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::pair<std::string, Secret>> secrets;
  // Of ours. A program finds others by PATH, package runners keep what they fetch under HOME.
  std::vector<std::string> pass_environment = {"PATH", "HOME"};
  std::string folder;  // to run in; empty: the worker's
};

struct StreamableTerms : WebTerms {};
struct SseTerms : WebTerms {};

struct McpServerSettings {
  std::string name;
  std::variant<ProgramTerms, StreamableTerms, SseTerms> terms;
  std::vector<std::string> tools;  // patterns of the server's own names; empty: all
  Milliseconds timeout{30'000};    // of a call, without a sign of progress
  std::uint32_t calls = 8;         // at once
};

// Of all servers together: more would be programs that nobody can look after.
inline constexpr std::size_t kMaxMcpServers = 32;

// 1 to 32 of A-Z a-z 0-9 _ -
bool is_server_name(const std::string& name);

std::vector<McpServerSettings> read_mcp_servers(ConfigSection servers);
// The other format: mcpServers: {name: {command, args, env} | {url, transport, headers, timeout}}. Its names are made
// fit; of servers that are told of in both ways those in `known` count. What is wrong is a problem of `key`.
void read_mcp_settings_file(ConfigSection& root, std::string_view key, std::vector<McpServerSettings>& known);

}  // namespace earshot::worker
