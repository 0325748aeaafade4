#include "common/audio/opus_packet.h"

#include <gtest/gtest.h>
#include <opus.h>

#include <array>
#include <random>

namespace earshot::gateway {
namespace {

constexpr std::uint8_t kSilk60 = 11 << 3;   // wide band, 60 ms, mono
constexpr std::uint8_t kCelt20 = 31 << 3;   // full band, 20 ms, mono
constexpr std::uint8_t kCelt2_5 = 28 << 3;  // full band, 2.5 ms, mono

std::uint8_t toc(std::uint8_t config, int code) {
  return static_cast<std::uint8_t>(config | code);
}

Bytes with_tail(Bytes bytes, std::size_t tail) {
  bytes.resize(bytes.size() + tail, 0x55);
  return bytes;
}

TEST(OpusPacketTest, ReadsTheDurationOfGoodPackets) {
  struct Case {
    const char* what;
    Bytes packet;
    Microseconds duration;
  };
  const Case cases[] = {
      {"empty (DTX)", {}, Microseconds{0}},
      {"one byte (DTX)", {kSilk60}, Microseconds{60'000}},
      {"two bytes (DTX)", {kSilk60, 0}, Microseconds{60'000}},
      {"one frame", with_tail({kSilk60}, 150), Microseconds{60'000}},
      {"the longest frame", with_tail({kCelt20}, 1275), Microseconds{20'000}},
      {"two equal frames", with_tail({toc(kCelt20, 1)}, 100), Microseconds{40'000}},
      {"two frames", with_tail({toc(kCelt20, 2), 10}, 30), Microseconds{40'000}},
      {"three equal frames", with_tail({toc(kCelt20, 3), 3}, 90), Microseconds{60'000}},
      {"three frames, lengths told", with_tail({toc(kCelt20, 3), 0x83, 10, 20}, 60), Microseconds{60'000}},
      {"padding", with_tail({toc(kCelt20, 3), 0x43, 6}, 36), Microseconds{60'000}},
      {"long padding", with_tail({toc(kCelt20, 3), 0x41, 255, 1}, 255 + 9), Microseconds{20'000}},
      {"48 short frames", with_tail({toc(kCelt2_5, 3), 48}, 96), Microseconds{120'000}},
  };
  for (const auto& c : cases) {
    const auto info = inspect_opus_packet(c.packet);
    ASSERT_TRUE(info.has_value()) << c.what;
    EXPECT_EQ(info->duration, c.duration) << c.what;
    EXPECT_FALSE(info->stereo) << c.what;
  }
}

TEST(OpusPacketTest, RefusesWhatNoDecoderTakes) {
  struct Case {
    const char* what;
    Bytes packet;
  };
  const Case cases[] = {
      {"a frame over 1275 bytes", with_tail({kCelt20}, 1276)},
      {"two equal frames of odd size", with_tail({toc(kCelt20, 1)}, 101)},
      {"first length cut off", {toc(kCelt20, 2)}},
      {"second length byte cut off", {toc(kCelt20, 2), 252}},
      {"first frame longer than the packet", with_tail({toc(kCelt20, 2), 40}, 39)},
      {"frame count cut off", {toc(kCelt20, 3)}},
      {"no frames", {toc(kCelt20, 3), 0}},
      {"140 ms", with_tail({toc(kCelt20, 3), 7}, 70)},
      {"not divisible", with_tail({toc(kCelt20, 3), 3}, 91)},
      {"padding count cut off", {toc(kCelt20, 3), 0x41}},
      {"more padding than bytes", with_tail({toc(kCelt20, 3), 0x41, 200}, 199)},
      {"lengths add up to more than there is", with_tail({toc(kCelt20, 3), 0x83, 40, 30}, 69)},
  };
  for (const auto& c : cases) EXPECT_FALSE(inspect_opus_packet(c.packet).has_value()) << c.what;
}

TEST(OpusPacketTest, SeesStereo) {
  EXPECT_TRUE(inspect_opus_packet(Bytes{kSilk60 | 4, 1, 2})->stereo);
}

TEST(OpusPacketTest, AgreesWithLibopusOnRandomBytes) {
  std::mt19937 random(20261121);
  int accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    Bytes packet(1 + random() % 80);
    for (auto& byte : packet) byte = static_cast<std::uint8_t>(random() % (round % 2 == 0 ? 256 : 16));
    packet[0] = static_cast<std::uint8_t>(random());
    std::array<const unsigned char*, 48> frames{};
    std::array<opus_int16, 48> sizes{};
    const int count = opus_packet_parse(packet.data(), static_cast<opus_int32>(packet.size()), nullptr,
                                        frames.data(), sizes.data(), nullptr);
    const auto info = inspect_opus_packet(packet);
    ASSERT_EQ(info.has_value(), count > 0) << to_hex(packet);
    if (!info) continue;
    ++accepted;
    const int samples = opus_packet_get_samples_per_frame(packet.data(), 48000) * count;
    ASSERT_EQ(info->duration.count(), std::int64_t{samples} * 1000 / 48) << to_hex(packet);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace earshot::gateway
