// Which scope an event needs, and which some of its members need beyond: /events is one stream for what many
// routes tell one by one, and tells nobody more than these would. Pure.
//
// To publish a new kind of event: a row here. One that has none is told to nobody.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/api/access.h"
#include "gateway/control/events/event_hub.h"

namespace earshot::gateway::api {

struct EventScope {
  std::string_view kind;
  std::string_view member;  // empty: the event itself
  Scope scope;
};
std::span<const EventScope> event_scopes();

// What may be known of it with these scopes; nullopt: nothing, not even that it was.
std::optional<json::object> visible_data(const Event& event, const ScopeSet& scopes);

}  // namespace earshot::gateway::api
