#include "gateway/control/commands/command_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/control/commands/command_request.h"

namespace earshot::commands {

namespace {

constexpr std::array<std::string_view, 6> kStateNames{"queued", "sent",    "answered",
                                                      "failed", "expired", "cancelled"};

json::value time_or_null(const std::optional<store::WallTime>& time) {
  if (!time) return nullptr;
  return time->time_since_epoch().count();
}

}  // namespace

std::string_view name_of(store::CommandState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::optional<store::CommandState> state_named(std::string_view name) {
  const auto found = std::ranges::find(kStateNames, name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<store::CommandState>(found - kStateNames.begin());
}

json::object to_json(const store::Command& command) {
  json::object shown{{"id", command.id},
                     {"device", command.device.text()},
                     {"kind", command.kind},
                     {"state", name_of(command.state)},
                     {"by", command.by},
                     {"created", command.created.time_since_epoch().count()},
                     {"sent", time_or_null(command.sent)},
                     {"finished", time_or_null(command.finished)},
                     {"timeout_ms", command.timeout.count()},
                     {"ttl_ms", (command.expires - command.created).count()}};
  json::object arguments;
  if (auto parsed = json::parse_object(command.arguments, kMaxRequestBytes)) arguments = std::move(*parsed);
  if (const auto tool = json::find_string(arguments, "tool")) {
    shown["tool"] = *tool;
    const auto* given = json::find_object(arguments, "arguments");
    shown["arguments"] = given == nullptr ? json::object{} : json::object(*given);
  } else {
    shown["arguments"] = std::move(arguments);
  }
  shown["result"] = nullptr;
  if (auto result = json::parse_object(command.result, 2 * kMaxRequestBytes))
    shown["result"] = std::move(*result);
  shown["error"] = nullptr;
  if (!command.error_code.empty()) {
    shown["error"] = json::object{{"code", command.error_code}, {"message", command.error_message}};
  }
  return shown;
}

}  // namespace earshot::commands
