// POST /talk/keys: a key by which a page of the console opens conversations with one agent, within a minute
// (docs/console.md). The page opens one; the key is not spent by it.
//
// The page holds no token: its log-in is a cookie, which a WebSocket of another site would send as well. So it asks
// here, with the cookie and the session's CSRF token, and shows what it gets once, at /v1/realtime.
//
// Runs on: the gateway's main executor.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "gateway/api/api_router.h"

namespace earshot::gateway::api {

// For `caller`, to talk to `agent` (empty: the usual one).
// RETURNS: the key, and until when it is good, in seconds since the epoch.
using MakeTalkKey =
    std::function<std::pair<Secret, std::int64_t>(const std::string& caller, const std::string& agent)>;

// Of one person or token: a page asks once a conversation.
inline constexpr std::uint32_t kTalkKeys = 10;
inline constexpr Milliseconds kTalkKeyRefill{6000};

// `make` empty: the door is shut, and 409 says how to open it. `clock` outlives the router's server.
void add_talk_routes(ApiRouter& routes, const Clock& clock, MakeTalkKey make);

}  // namespace earshot::gateway::api
