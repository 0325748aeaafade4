// Room to work in for the packets of one shard's door: one is handled at a time, and none needs an allocation.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/wire_limits.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"

namespace earshot::gateway {

// Valid until the next packet of any session.
struct PacketScratch {
  std::array<std::uint8_t, kMaxOpusBytes> plain{};
  std::array<std::uint8_t, kAudioHeaderBytes + kMaxOpusBytes> datagram{};
};

}  // namespace earshot::gateway
