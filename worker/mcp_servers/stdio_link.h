// An MCP server that is a program of ours: a JSON-RPC text a line, its standard error in our log.
//
// Runs on: the worker's I/O thread.
// Owns: the process.
#pragma once

#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/log/log_limiter.h"
#include "worker/mcp_servers/line_reader.h"
#include "worker/mcp_servers/server_link.h"
#include "worker/mcp_servers/server_process.h"

namespace earshot::worker {

class StdioLink final : public ServerLink {
 public:
  StdioLink(asio::io_context& io, std::string server, ServerProcess::Command command,
            std::size_t max_line_bytes, ServerLinkHandlers handlers);
  ~StdioLink() override;

  void open() override;
  void send(ServerMessage message) override;

 private:
  void post(std::function<void(StdioLink&)> what);
  void down(const std::string& why);
  void log_error_output(std::string_view piece);

  asio::io_context& io_;
  std::string server_;
  ServerProcess::Command command_;
  ServerLinkHandlers handlers_;
  LineReader lines_;
  LineReader errors_;
  log::LogLimiter error_lines_;
  std::unique_ptr<ServerProcess> process_;
  std::shared_ptr<StdioLink*> alive_;  // empty when this has gone
};

}  // namespace earshot::worker
