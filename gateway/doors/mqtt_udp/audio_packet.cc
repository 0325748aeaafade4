#include "gateway/doors/mqtt_udp/audio_packet.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kTypeAt = 0;
constexpr std::size_t kFlagsAt = kTypeAt + 1;
constexpr std::size_t kLengthAt = kFlagsAt + 1;
constexpr std::size_t kSsrcAt = kLengthAt + 2;
constexpr std::size_t kTimestampAt = kSsrcAt + 4;
constexpr std::size_t kSequenceAt = kTimestampAt + 4;
static_assert(kSequenceAt + 4 == kAudioHeaderBytes);

}  // namespace

ParsedAudioPacket parse_audio_packet(ByteView datagram) {
  if (datagram.size() < kAudioHeaderBytes) return {AudioPacketVerdict::kTooShort, {}};
  const std::uint8_t* bytes = datagram.data();
  if (bytes[kTypeAt] != kAudioPacketType) return {AudioPacketVerdict::kWrongType, {}};
  if (datagram.size() > kAudioHeaderBytes + kMaxOpusBytes) return {AudioPacketVerdict::kTooLarge, {}};

  AudioPacket packet;
  packet.header.flags = bytes[kFlagsAt];
  packet.header.payload_bytes = load_be16(bytes + kLengthAt);
  packet.header.ssrc = Ssrc{load_be32(bytes + kSsrcAt)};
  packet.header.timestamp = load_be32(bytes + kTimestampAt);
  packet.header.sequence = load_be32(bytes + kSequenceAt);
  packet.header_bytes = datagram.first(kAudioHeaderBytes);
  packet.payload = datagram.subspan(kAudioHeaderBytes);
  if (packet.payload.size() != packet.header.payload_bytes) return {AudioPacketVerdict::kLengthMismatch, {}};
  return {AudioPacketVerdict::kGood, packet};
}

AudioHeaderBytes build_audio_header(const AudioHeader& header) {
  AudioHeaderBytes bytes{};
  bytes[kTypeAt] = kAudioPacketType;
  bytes[kFlagsAt] = header.flags;
  store_be16(bytes.data() + kLengthAt, header.payload_bytes);
  store_be32(bytes.data() + kSsrcAt, number(header.ssrc));
  store_be32(bytes.data() + kTimestampAt, header.timestamp);
  store_be32(bytes.data() + kSequenceAt, header.sequence);
  return bytes;
}

}  // namespace earshot::gateway
