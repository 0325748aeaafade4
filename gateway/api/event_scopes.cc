#include "gateway/api/event_scopes.h"

#include <algorithm>
#include <vector>

#include "gateway/control/events/event_words.h"

namespace earshot::gateway::api {

namespace {

std::vector<EventScope> make_event_scopes() {
  std::vector<EventScope> rows;
  for (const std::string_view kind : {"online", "offline", "session", "turn", "tool", "firmware", "device"})
    rows.push_back({.kind = kind, .member = {}, .scope = Scope::kDevicesRead});
  rows.push_back({.kind = "command", .member = {}, .scope = Scope::kCommands});
  rows.push_back({.kind = "worker", .member = {}, .scope = Scope::kSystemRead});
  for (const SpokenMember& spoken : kSpokenMembers)
    rows.push_back({.kind = spoken.kind, .member = spoken.member, .scope = Scope::kConversationsRead});
  return rows;
}

}  // namespace

std::span<const EventScope> event_scopes() {
  static const std::vector<EventScope> kRows = make_event_scopes();
  return kRows;
}

std::optional<json::object> visible_data(const Event& event, const ScopeSet& scopes) {
  const auto rows = event_scopes();
  const auto own = std::ranges::find_if(
      rows, [&](const EventScope& row) { return row.kind == event.kind && row.member.empty(); });
  if (own == rows.end() || !scopes.has(own->scope)) return std::nullopt;
  json::object data = event.data;
  for (const EventScope& row : rows) {
    if (row.kind == event.kind && !row.member.empty() && !scopes.has(row.scope)) data.erase(row.member);
  }
  return data;
}

}  // namespace earshot::gateway::api
