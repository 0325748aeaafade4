// A client's functions as the worker sees them: the tools of a device, asked for over MCP (JSON-RPC). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/json/json.h"

namespace earshot::gateway {

struct ToolQuestion {
  std::string reply;  // to be sent at once; empty: none
  struct Call {
    std::int64_t id = 0;
    std::string name;
    std::string arguments;  // a JSON object
  };
  std::optional<Call> call = std::nullopt;  // the client is to answer
};

// What a worker asks; `tools` as the client has listed them.
ToolQuestion read_tool_question(std::string_view payload, const json::array& tools);
// The client's answer to a call.
std::string tool_answer(std::int64_t id, std::string_view output);

}  // namespace earshot::gateway
