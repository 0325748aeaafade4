// What became of a command (docs/api.md, Command). Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/json/json.h"
#include "gateway/ctl/failure.h"

namespace earshot::ctl {

// Error codes that mean: the device, or what it announced, said no.
inline constexpr std::array<std::string_view, 4> kDeviceRefusals{"device_error", "unknown_tool", "user_tool",
                                                                 "bad_arguments"};

bool is_finished(const json::object& command);
// kOk while nothing went wrong; kRefused when the device (or its schema) said no; else kFailed.
Exit exit_of(const json::object& command);
// One line for a person: the tool's text, "rebooted", or why not.
std::string outcome_text(const json::object& command);

}  // namespace earshot::ctl
