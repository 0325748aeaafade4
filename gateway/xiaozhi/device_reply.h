// The JSON-RPC between commands and devices (device-protocol 8). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/json/json.h"

namespace earshot::commands {

// Messages for the device's control channel. MCP needs no session.
std::string call_message(std::int64_t id, std::string_view tool, const json::object& arguments);
std::string list_message(std::int64_t id, std::string_view cursor);  // with user-only tools
std::string alert_message(std::string_view status, std::string_view message, std::string_view emotion);
std::string custom_message(const json::object& payload);
std::string system_reboot_message();

struct DeviceReply {
  std::int64_t id = 0;
  std::optional<json::object> result;
  std::string error;  // the device's words, cut, when there is no result
};
// nullopt: no answer to anything.
std::optional<DeviceReply> read_reply(std::string_view payload);

// {text, json?} of a tools/call's result: the texts of its content; `json` when that is a JSON object, an
// array or a boolean.
json::object tool_result(const json::object& result);

}  // namespace earshot::commands
