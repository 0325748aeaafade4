// One way to an MCP server: a program's standard input and output, or HTTP in one of its two forms. It carries texts and
// understands of them no more than it must.
//
// Runs on: the worker's I/O thread.
// Lifecycle: made -> open() -> on_up -> send() ... -> on_down, or destroyed, which closes without a word to anybody.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "worker/mcp_servers/server_client.h"

namespace earshot::worker {

// None is called from inside open() or send(), none after the link was destroyed, and none may destroy it.
struct ServerLinkHandlers {
  std::function<void()> on_up;  // send() works
  std::function<void(std::string_view text)> on_message;
  std::function<void(std::int64_t request, const Error&)> on_failed;  // no reply to it will come
  std::function<void(std::int64_t request)> on_session_gone;          // the server has forgotten who we are
  std::function<void(const std::string& why)> on_down;                // once; nothing comes after it
  std::function<bool(std::int64_t request)> is_awaited;
};

class ServerLink {
 public:
  virtual ~ServerLink() = default;
  virtual void open() = 0;
  virtual void send(ServerMessage message) = 0;
  virtual void version_known(const std::string& /*version*/) {}  // that was agreed on
};

}  // namespace earshot::worker
