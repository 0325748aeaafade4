// What reading the gateway's configuration again changes while it runs. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/app/config.h"
#include "gateway/live/session/session_config.h"

namespace earshot::gateway {

// Keys that a reload puts in force (config_changes.h); any other waits for the next start. The certificates of
// http.tls are looked at by themselves (server_tls.h).
inline const std::vector<std::string_view> kLiveKeys{"log.level", "session.", "conversations.", "playout."};

// What the shards are told of it: at the start, and at each reload. Open sessions keep their playout and what is
// kept of them; limits and patience are everybody's at once.
inline SessionConfig session_config(const GatewayConfig& config, bool keeps_memory) {
  SessionConfig session;
  session.keeps_memory = keeps_memory;
  session.idle_timeout = config.session.idle_timeout;
  session.max_sessions = config.session.max_per_shard;
  session.resume_within = config.session.resume_within;
  session.keep_text = config.conversations.keep_text;
  session.keep_audio = config.conversations.keep_audio;
  session.playout.lead_frames = config.playout.lead_frames;
  session.playout.tail_guard = config.playout.tail_guard;
  return session;
}

}  // namespace earshot::gateway
