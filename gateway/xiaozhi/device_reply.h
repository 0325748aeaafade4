// The messages of commands to devices, and what a device answers (device-protocol 8). Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::commands {

// Messages for the device's control channel, which need no session.
std::string alert_message(std::string_view status, std::string_view message, std::string_view emotion);
std::string custom_message(const json::object& payload);
std::string system_reboot_message();

// The `result` of a JSON-RPC reply.
// Errors: kInvalid, in the device's words, cut.
Result<json::object> reply_result(const json::object& reply);

// {text, json?} of a tools/call's result: the texts of its content; `json` when that is a JSON object, an
// array or a boolean.
json::object tool_result(const json::object& result);

}  // namespace earshot::commands
