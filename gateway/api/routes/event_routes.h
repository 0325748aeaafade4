// GET /events: what happens, as server-sent events, from the hub to everybody who may know it.
//
// A client that was gone sends the last id it saw (Last-Event-ID, browsers do it themselves) and gets what
// the hub still keeps of the time since. Members are told of their own devices only, and nothing of the system;
// everybody what his scopes let him know (event_scopes.h).
// Bounded: kMaxStreams streams at a time; event_feed.h bounds each.
#pragma once

#include <cstddef>

#include "gateway/api/api_router.h"
#include "gateway/api/auth/auth.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/events/event_hub.h"

namespace earshot::gateway::api {

inline constexpr std::size_t kMaxEventStreams = 256;

struct EventParts {
  EventHub& hub;
  const DeviceDirectory& devices;
  Auth& auth;
};

// What `parts` refers to outlives the router's server.
void add_event_routes(ApiRouter& routes, EventParts parts);

}  // namespace earshot::gateway::api
