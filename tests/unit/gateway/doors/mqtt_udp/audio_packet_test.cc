#include "gateway/doors/mqtt_udp/audio_packet.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::gateway {
namespace {

Bytes datagram(std::string_view header_hex, std::size_t payload_bytes) {
  Bytes bytes = from_hex(header_hex).value();
  bytes.resize(bytes.size() + payload_bytes, 0xAB);
  return bytes;
}

TEST(AudioPacketTest, ReadsEachFieldOfTheHeader) {
  const Bytes bytes = datagram("018000051a2b3c4d0001d4c000000007", 5);

  const auto parsed = parse_audio_packet(bytes);

  ASSERT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
  EXPECT_EQ(parsed.packet.header.flags, 0x80);
  EXPECT_EQ(parsed.packet.header.payload_bytes, 5);
  EXPECT_EQ(parsed.packet.header.ssrc, Ssrc{0x1a2b3c4d});
  EXPECT_EQ(parsed.packet.header.timestamp, 120000U);
  EXPECT_EQ(parsed.packet.header.sequence, 7U);
  EXPECT_EQ(parsed.packet.header_bytes.data(), bytes.data());
  EXPECT_EQ(parsed.packet.payload.data(), bytes.data() + 16);
  EXPECT_EQ(parsed.packet.payload.size(), 5U);
}

TEST(AudioPacketTest, JudgesDatagramsByLengthAndType) {
  struct Case {
    const char* what;
    Bytes bytes;
    AudioPacketVerdict verdict;
  };
  const Case cases[] = {
      {"nothing", {}, AudioPacketVerdict::kTooShort},
      {"15 bytes", Bytes(15, 1), AudioPacketVerdict::kTooShort},
      {"type 0", datagram("000000001a2b3c4d0000000000000001", 0), AudioPacketVerdict::kWrongType},
      {"type 2", datagram("020000001a2b3c4d0000000000000001", 0), AudioPacketVerdict::kWrongType},
      {"no payload (DTX)", datagram("010000001a2b3c4d0000000000000003", 0), AudioPacketVerdict::kGood},
      {"one byte missing", datagram("010000051a2b3c4d0000000000000001", 4),
       AudioPacketVerdict::kLengthMismatch},
      {"one byte too many", datagram("010000051a2b3c4d0000000000000001", 6),
       AudioPacketVerdict::kLengthMismatch},
      {"announces 65535", datagram("0100ffff1a2b3c4d0000000000000001", 9),
       AudioPacketVerdict::kLengthMismatch},
      {"the longest", datagram("010004fc1a2b3c4d0000000000000001", 1276), AudioPacketVerdict::kGood},
      {"longer", datagram("010004fd1a2b3c4d0000000000000001", 1277), AudioPacketVerdict::kTooLarge},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_audio_packet(c.bytes).verdict, c.verdict) << c.what;
}

TEST(AudioPacketTest, BuildsTheHeaderThatItReads) {
  const AudioHeader header{
      .flags = 0x80, .payload_bytes = 0x28, .ssrc = Ssrc{0x1a2b3c4d}, .timestamp = 60, .sequence = 1};
  EXPECT_EQ(to_hex(build_audio_header(header)), "018000281a2b3c4d0000003c00000001");  // vector D of 4.7
}

}  // namespace
}  // namespace earshot::gateway
