// The UDP audio datagram of the device protocol: 16 header bytes in clear, then one encrypted Opus packet
// (device-protocol 4.1; table in docs/protocol_device.md). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/wire_limits.h"

namespace earshot::gateway {

inline constexpr std::size_t kAudioHeaderBytes = 16;
inline constexpr std::uint8_t kAudioPacketType = 1;
// Set in each datagram that we send, never in one that a device sends: the header is the AES counter block,
// so the two directions never share keystream (device-protocol 4.6).
inline constexpr std::uint8_t kDownlinkFlag = 0x80;
// IP MTU, and ML307 modems lose larger ones (device-protocol 4.5).
inline constexpr std::size_t kMaxDownlinkDatagramBytes = 1400;
static_assert(kAudioHeaderBytes + kMaxOpusBytes <= kMaxDownlinkDatagramBytes);

using AudioHeaderBytes = std::array<std::uint8_t, kAudioHeaderBytes>;

struct AudioHeader {
  std::uint8_t flags = 0;
  std::uint16_t payload_bytes = 0;
  Ssrc ssrc{};
  std::uint32_t timestamp = 0;
  std::uint32_t sequence = 0;
};

enum class AudioPacketVerdict {
  kGood,
  kTooShort,        // not even a header
  kWrongType,       // byte 0 is not 1
  kTooLarge,        // more payload than one Opus packet can have
  kLengthMismatch,  // the datagram is not exactly header and payload
};

// Views into the datagram; live as long as it.
struct AudioPacket {
  AudioHeader header;
  ByteView header_bytes;  // the counter block
  ByteView payload;       // encrypted; may be empty (DTX)
};

struct ParsedAudioPacket {
  AudioPacketVerdict verdict = AudioPacketVerdict::kTooShort;
  AudioPacket packet;  // valid with kGood only
};

ParsedAudioPacket parse_audio_packet(ByteView datagram);
AudioHeaderBytes build_audio_header(const AudioHeader& header);

}  // namespace earshot::gateway
