// Runs the tools of one session: the device's over MCP, the built-in ones here.
//
// Runs on: the conversation's executor. Owns: the MCP client and the registry. Borrows: the built-in tools,
// the clock. `send` carries JSON-RPC texts to the device. An answer comes from inside on_message(), tick() or
// poll(), never from inside run().
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "worker/mcp/mcp_client.h"
#include "worker/mcp/tool_registry.h"
#include "worker/tools/builtin_tools.h"

namespace earshot::worker {

struct ToolOutcome {
  Result<std::string> text;
  bool end_session = false;
};

class ToolBox {
 public:
  using OnAnswer = std::function<void(ToolOutcome)>;

  ToolBox(McpLimits limits, Milliseconds call_timeout, const BuiltinTools& builtin, const Clock& clock,
          std::function<void(const std::string& payload)> send);

  void start(bool device_has_tools, SteadyTime now);
  void on_message(std::string_view payload, SteadyTime now);
  void tick(SteadyTime now);

  // `on_answer` comes once: with the device's reply, or the tick() after the deadline; for a built-in tool or
  // a refusal with the next poll(). REQUIRES: !running().
  void run(const ToolCall& call, SteadyTime now, OnAnswer on_answer);
  void poll();
  void cancel();  // no answer will come
  bool running() const { return static_cast<bool>(on_answer_); }

  bool list_settled() const { return !device_has_tools_ || mcp_.list_settled(); }
  std::vector<ToolSpec> tools() const { return registry_.all(); }
  const McpClient& mcp() const { return mcp_; }

 private:
  void collect();

  McpClient mcp_;
  ToolRegistry registry_;
  Milliseconds call_timeout_;
  const BuiltinTools& builtin_;
  const Clock& clock_;
  std::function<void(const std::string&)> send_;
  bool device_has_tools_ = false;
  OnAnswer on_answer_;
  std::optional<McpTicket> ticket_;    // of a device's tool
  std::optional<ToolOutcome> answer_;  // ready, not delivered yet
};

}  // namespace earshot::worker
