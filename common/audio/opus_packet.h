// Whether bytes can be one Opus packet (RFC 6716, section 3), and what its first byte says. Audio datagrams
// carry no authentication, so this is the best evidence that a datagram was made with the session's key
// (device-protocol 4.5). Pure.
#pragma once

#include <optional>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot {

struct OpusPacketInfo {
  Microseconds duration{};  // 0 for an empty packet (DTX)
  bool stereo = false;
};

// nullopt: no Opus decoder would take it. Packets of 0..3 bytes are normal: silence (DTX, trap 23).
std::optional<OpusPacketInfo> inspect_opus_packet(ByteView packet);

}  // namespace earshot
