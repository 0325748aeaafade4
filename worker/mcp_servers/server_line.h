// One MCP server, kept up: connected at the start, connected again with a growing pause whenever it breaks, and its calls
// carried. What is said is decided by ServerClient, what carries it by a ServerLink.
//
// Runs on: the worker's I/O thread.
// Owns: the client, the link and two timers.
// Borrows: the HTTP client and the clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "worker/mcp_servers/server_client.h"
#include "worker/mcp_servers/server_link.h"
#include "worker/mcp_servers/server_settings.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

// How long a server that broke is left alone: from a second to a minute, doubling; one that had worked for as long as
// the longest pause begins anew. Pure.
class RestartPause {
 public:
  static constexpr Milliseconds kFirst{1'000};
  static constexpr Milliseconds kLongest{60'000};

  Milliseconds after(Milliseconds worked);

 private:
  Milliseconds next_ = kFirst;
};

class ServerLine {
 public:
  using Done = std::function<void(Result<std::string>)>;

  ServerLine(asio::io_context& io, HttpClient& http, const Clock& clock, McpServerSettings settings,
             std::function<void()> on_tools_changed);
  ~ServerLine();
  ServerLine(const ServerLine&) = delete;
  ServerLine& operator=(const ServerLine&) = delete;

  void start();
  // `done` once, never from inside; not after cancel().
  ServerTicket call(const std::string& tool, json::object arguments, Done done);
  void cancel(ServerTicket ticket);

  // Those that the configuration allows; empty while the server is away.
  std::vector<ToolSpec> tools() const;
  const std::string& name() const { return settings_.name; }
  bool up() const { return client_.ready(); }
  std::uint64_t restarts() const { return restarts_; }
  const ServerClient& client() const { return client_; }

 private:
  std::unique_ptr<ServerLink> make_link();
  ServerLinkHandlers handlers();
  void open();
  void down(const std::string& why);
  void pump();
  void pump_later();
  void arm();

  asio::io_context& io_;
  HttpClient& http_;
  const Clock& clock_;
  McpServerSettings settings_;
  std::function<void()> on_tools_changed_;
  ServerClient client_;
  std::unique_ptr<ServerLink> link_;
  std::uint64_t connection_ = 0;  // what an older one says does not count
  std::map<ServerTicket, Done> waiting_;
  asio::steady_timer deadline_;
  asio::steady_timer again_;
  RestartPause pause_;
  SteadyTime opened_at_{};
  std::uint64_t restarts_ = 0;
  bool told_version_ = false;
  std::shared_ptr<ServerLine*> alive_;
};

}  // namespace earshot::worker
