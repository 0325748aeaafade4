// The MCP servers of a worker and their tools, which all conversations share. A server's tool `read` is called
// `mcp.NAME.read`: nobody else's can have that name.
//
// Runs on: the worker's I/O thread.
// Owns: the servers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "worker/mcp_servers/server_line.h"
#include "worker/tools/tool_source.h"

namespace earshot::worker {

class McpServers final : public ToolSource {
 public:
  McpServers(asio::io_context& io, HttpClient& http, const Clock& clock,
             const std::vector<McpServerSettings>& servers);
  ~McpServers() override;

  void start();  // connects; nobody waits for it
  void stop();   // tells them goodbye; their programs end within a moment

  ToolList tools() const override { return tools_; }
  std::unique_ptr<OutsideRun> run(const std::string& name, json::object arguments,
                                  std::function<void(OutsideAnswer)> done) override;

  // visitor(const ServerLine&)
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    for (const auto& line : lines_) visitor(*line);
  }

 private:
  struct Place {
    ServerLine* line = nullptr;
    std::string tool;  // the server's own name for it
  };
  void collect();

  asio::io_context& io_;
  std::vector<std::shared_ptr<ServerLine>> lines_;
  ToolList tools_ = std::make_shared<std::vector<ToolSpec>>();
  std::map<std::string, Place, std::less<>> places_;
};

}  // namespace earshot::worker
