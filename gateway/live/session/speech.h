// Speech as a whole, made for a device that has no session: what a worker said, packet by packet. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace earshot::gateway {

struct Speech {
  struct Subtitle {
    Milliseconds start{};
    std::string text;
  };
  std::string packets;  // Opus, mono, each behind its length (u16, big-endian)
  std::uint32_t sample_rate_hz = 0;
  Milliseconds duration{};
  std::vector<Subtitle> subtitles;  // one a sentence, in their order
};

}  // namespace earshot::gateway
