// What a command has a device do, and what came of it: values for the way between the control plane and the
// device's line. Pure.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/json/json.h"
#include "gateway/xiaozhi/tool_catalogue.h"

namespace earshot::gateway {

struct SendMessage {  // nothing answers it
  std::string json;
};
struct ListTools {
  bool anew = false;  // from the device, even when its line knows them
  Milliseconds timeout{};
};
struct CallTool {
  std::string tool;
  json::object arguments;
  Milliseconds timeout{};
};
using DeviceOrder = std::variant<SendMessage, ListTools, CallTool>;

// Done: the message was handed over; the tools; the `result` of a tools/call.
// Errors: kUnavailable (the device is not there, or nothing could be handed over), kTimeout, kTooLarge,
// kInvalid (the device refused, or what it said cannot be used: in its words, cut).
using OrderOutcome = Result<std::variant<Done, ToolsHandle, json::object>>;
using OrderDone = std::function<void(OrderOutcome)>;

}  // namespace earshot::gateway
