// The device's MCP server (device-protocol 8), with its silences and quirks. Pure.
// Runs on: any one thread at a time.
//
// A request is read in the network task (receive), a tool runs in the main loop (run).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/device_tools.h"
#include "bench/simulator/rule.h"
#include "common/json/json.h"

namespace earshot::simulator {

class McpDevice {
 public:
  // `tools` in the order they are listed.
  McpDevice(std::vector<Tool> tools, std::string board, std::string firmware_version,
            bool error_codes = false);

  struct ToolRun {
    std::int32_t id = 0;
    const Tool* tool = nullptr;  // lives as long as this McpDevice
    Arguments arguments;
  };
  struct Request {
    std::optional<std::string> reply;  // payload text to send at once; the error text in it is not escaped
    std::optional<ToolRun> run;        // neither: dropped without an answer
    bool is_call = false;              // a tools/call that reached the tool lookup: `tool_name`
    std::string tool_name;
  };
  Request receive(const json::object& payload, Violations& broken);

  struct Outcome {
    std::string text;  // what the tool said, or its error
    bool failed = false;
    std::optional<std::string> reply;  // nullopt: the device restarts before it answers
  };
  Outcome run(const ToolRun& run) const;

 private:
  std::string error_text(std::int32_t id, int code, const std::string& message) const;
  Request list_tools(std::int32_t id, const json::object* params) const;
  Request call_tool(std::int32_t id, const json::object* params, Violations& broken) const;

  std::vector<Tool> tools_;
  std::string board_;
  std::string firmware_version_;
  bool error_codes_;  // since 2.5.0
};

}  // namespace earshot::simulator
