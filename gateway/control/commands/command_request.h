// What somebody wants a device to do, as JSON over MQTT or HTTP, checked. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::commands {

inline constexpr std::size_t kMaxRequestBytes = 64 * 1024;
inline constexpr std::size_t kMaxTargets = 1000;
inline constexpr std::size_t kMaxSayBytes = 1024;  // and of each text of an alert
// One message to a device stays below 16 KiB (2.1).
inline constexpr std::size_t kMaxArgumentsBytes = 8 * 1024;

enum class CommandKind { kTool, kTools, kReboot, kUpgrade, kAlert, kSay, kMessage };
std::string_view name_of(CommandKind kind);
std::optional<CommandKind> kind_named(std::string_view name);

// One of `devices` and `tag` says for whom; both empty only when the caller named the device.
struct CommandRequest {
  std::vector<DeviceId> devices;  // without doubles
  std::string tag;
  CommandKind kind = CommandKind::kTool;
  json::object arguments;  // what the kind needs: {tool, arguments}, {url}, {image}, {text}, ...
  std::string id;          // idempotency key; empty: none was given
  Milliseconds timeout{};
  Milliseconds ttl{};
  bool user_tools = false;
};

// [A-Za-z0-9._-]{1,64}
bool is_command_key(std::string_view text);

// `target`: whom the topic or the path named; the request then names nobody.
// Errors: kTooLarge, kInvalid, with what to change. A member that no command has is an error: a misspelt
// `timeout_ms` must not be ignored.
Result<CommandRequest> parse_command_request(std::string_view text, const std::optional<DeviceId>& target);
Result<CommandRequest> parse_command_request(const json::object& from, const std::optional<DeviceId>& target);

}  // namespace earshot::commands
