// What a session needs to know. Plain values; app.cc fills them from the configuration.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/clock.h"
#include "gateway/live/session/playout_config.h"

namespace earshot::gateway {

struct SessionConfig {
  std::uint32_t downlink_rate_hz = 24000;  // with 60 ms, what all boards play (device-protocol 7.2)
  Milliseconds idle_timeout{60000};        // nobody speaks, holds a key or does anything: goodbye (trap 33)
  std::size_t max_sessions = 10000;        // of one shard
  Milliseconds resume_within{
      300'000};               // another session goes on with the dialogue of one that ended; 0: never
  bool keep_text = false;     // workers report what was said
  bool keep_audio = false;    // and the audio of it
  bool keeps_memory = false;  // there is a store for what agents remember
  PlayoutConfig playout{};    // its frame_duration is announced to device and worker
};

}  // namespace earshot::gateway
