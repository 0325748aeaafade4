// A command as everybody sees it: the API's answers, receipts over MQTT, events (docs/commands.md). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "common/json/json.h"
#include "gateway/store/records.h"

namespace earshot::commands {

std::string_view name_of(store::CommandState state);
std::optional<store::CommandState> state_named(std::string_view name);
constexpr bool is_finished(store::CommandState state) {
  return state != store::CommandState::kQueued && state != store::CommandState::kSent;
}

json::object to_json(const store::Command& command);

}  // namespace earshot::commands
