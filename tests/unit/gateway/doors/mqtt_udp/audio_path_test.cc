#include "gateway/doors/mqtt_udp/audio_path.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Ssrc kSsrc{0x1a2b3c4d};
constexpr UdpAddress kOwnAddress{0xC0000201, 4000};
constexpr std::uint8_t kSilk60 = 11 << 3;

AudioKey test_key() {
  const std::array<std::uint8_t, AudioKey::kBytes> bytes{1, 2, 3};
  return AudioKey(bytes);
}

// The device's side of the wire.
Bytes device_datagram(std::uint32_t sequence, const Bytes& opus) {
  AudioHeader header;
  header.payload_bytes = static_cast<std::uint16_t>(opus.size());
  header.ssrc = kSsrc;
  header.sequence = sequence;
  const auto bytes = build_audio_header(header);
  Bytes out(bytes.begin(), bytes.end());
  out.resize(bytes.size() + opus.size());
  AudioCipher(test_key()).apply(bytes, opus, std::span(out).subspan(bytes.size()));
  return out;
}

class AudioPathTest : public ::testing::Test {
 protected:
  std::optional<ByteView> open(const Bytes& datagram, UdpAddress from = kOwnAddress) {
    const auto parsed = parse_audio_packet(datagram);
    EXPECT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
    now_ += 60ms;
    return path_.open(parsed.packet, from, now_, now_);
  }

  SteadyTime now_{1h};
  SessionCounters counters_;
  PacketScratch scratch_;
  AudioPath path_{counters_, scratch_, kSsrc, test_key(), 60ms, 60ms, now_};
};

TEST_F(AudioPathTest, DecryptsAndLearnsTheAddress) {
  const Bytes opus{kSilk60, 1, 2, 3};
  const auto opened = open(device_datagram(1, opus));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(to_hex(*opened), to_hex(opus));
  EXPECT_EQ(path_.peer(), kOwnAddress);
}

TEST_F(AudioPathTest, TakesEmptyPacketsAsSilence) {
  const auto opened = open(device_datagram(1, {}));
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->empty());
}

TEST_F(AudioPathTest, GarbageTeachesNothing) {
  // Decrypts to what no Opus decoder takes: code 3 without frames.
  EXPECT_EQ(open(device_datagram(40, {kSilk60 | 3, 0}), {1, 1}), std::nullopt);
  EXPECT_EQ(counters_.value(SessionEvent::kDatagramNotOpus), 1U);
  EXPECT_EQ(path_.peer(), std::nullopt);
  EXPECT_TRUE(open(device_datagram(40, {kSilk60, 0})).has_value());
}

TEST_F(AudioPathTest, CountsReplays) {
  open(device_datagram(1, {kSilk60, 0}));
  EXPECT_EQ(open(device_datagram(1, {kSilk60, 0})), std::nullopt);
  EXPECT_EQ(open(device_datagram(0, {kSilk60, 0})), std::nullopt);
  EXPECT_EQ(counters_.value(SessionEvent::kDatagramDuplicate), 1U);
  EXPECT_EQ(counters_.value(SessionEvent::kDatagramTooOld), 1U);
}

TEST_F(AudioPathTest, SealsWhatTheDeviceAccepts) {
  const Bytes opus{kSilk60, 9, 8, 7};
  for (std::uint32_t frame = 1; frame <= 3; ++frame) {
    const auto sealed = path_.seal(opus);
    ASSERT_TRUE(sealed.has_value());
    const auto parsed = parse_audio_packet(*sealed);
    ASSERT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
    EXPECT_EQ(parsed.packet.header.flags, 0x80);
    EXPECT_EQ(parsed.packet.header.ssrc, kSsrc);
    EXPECT_EQ(parsed.packet.header.sequence, frame);
    EXPECT_EQ(parsed.packet.header.timestamp, 60 * frame);
    Bytes plain(opus.size());
    AudioCipher(test_key()).apply(parsed.packet.header_bytes, parsed.packet.payload, plain);
    EXPECT_EQ(to_hex(plain), to_hex(opus));
  }
}

TEST_F(AudioPathTest, NoDownlinkCounterBlockIsUsedTwiceOrMeetsAnUplinkOne) {
  std::mt19937 random(4);
  // Counter blocks as (leading 12 bytes, counter):
  // a payload of n blocks uses n counters from the sequence on.
  std::map<std::string, std::set<std::uint32_t>> used;
  const auto use = [&used](ByteView header, std::size_t payload_bytes) {
    const std::uint32_t first = load_be32(header.data() + 12);
    const std::string leading(as_text(header.first(12)));
    for (std::uint32_t block = 0; block < (payload_bytes + 15) / 16; ++block) {
      if (!used[leading].insert(first + block).second) return false;
    }
    return true;
  };
  for (int frame = 0; frame < 20'000; ++frame) {
    Bytes opus(20 + random() % 4 * 100, 0x55);
    opus[0] = kSilk60;
    const auto sealed = path_.seal(opus);
    ASSERT_TRUE(sealed.has_value());
    ASSERT_TRUE(use(sealed->first(kAudioHeaderBytes), opus.size())) << frame;
    ASSERT_NE((*sealed)[1] & kDownlinkFlag, 0) << frame;  // never set by a device
  }
}

}  // namespace
}  // namespace earshot::gateway
