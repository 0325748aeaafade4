// The settings that recognisers behind a WebSocket have in common.
#pragma once

#include <string>

#include "common/config/config_reader.h"
#include "worker/providers/asr/ws_asr.h"

namespace earshot::worker {

// `url`: must begin with ws:// or wss://.
void read_ws_url(ConfigSection& section, std::string& url);
// `connect_timeout_ms`, `start_timeout_ms`, `final_timeout_ms`.
void read_timeouts(ConfigSection& section, WsAsrTimeouts& timeouts);
// A plan without dialogue and headers.
WsAsrPlan ws_plan(const std::string& url, const WsAsrTimeouts& timeouts);

}  // namespace earshot::worker
