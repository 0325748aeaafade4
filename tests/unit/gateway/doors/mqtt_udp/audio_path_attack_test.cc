// What a stranger who has seen an ssrc, and nothing else, can do to a session: no key, no spoofed address. He
// sends from another socket; seeds make his bytes and the network's losses.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <span>

#include "gateway/doors/mqtt_udp/audio_path.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Ssrc kSeenSsrc{0x5eed5eed};
constexpr UdpAddress kVictim{0xC0000201, 4000};
constexpr UdpAddress kSameIp{0xC0000201, 666};  // the worse place: another process, or behind the same NAT
constexpr UdpAddress kOtherIp{0xCB007107, 666};
constexpr std::uint8_t kSound60 = 11 << 3;
constexpr Milliseconds kFrame{60};

class AudioPathAttack : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  static AudioKey session_key() {
    const std::array<std::uint8_t, AudioKey::kBytes> bytes{4, 5, 6};
    return AudioKey(bytes);
  }

  bool heard(UdpAddress from, std::uint32_t sequence, ByteView payload) {
    AudioHeader header;
    header.payload_bytes = static_cast<std::uint16_t>(payload.size());
    header.ssrc = kSeenSsrc;
    header.sequence = sequence;
    const auto bytes = build_audio_header(header);
    Bytes datagram(bytes.begin(), bytes.end());
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    const auto parsed = parse_audio_packet(datagram);
    EXPECT_EQ(parsed.verdict, AudioPacketVerdict::kGood);
    return path_.open(parsed.packet, from, sends_since_, now_).has_value();
  }
  // The device's next frame.
  bool device(UdpAddress from = kVictim) {
    now_ += kFrame;
    const Bytes opus{kSound60, static_cast<std::uint8_t>(random_()), 7};
    AudioHeader header;
    header.payload_bytes = static_cast<std::uint16_t>(opus.size());
    header.ssrc = kSeenSsrc;
    header.sequence = ++sequence_;
    Bytes sealed(opus.size());
    AudioCipher(session_key()).apply(build_audio_header(header), opus, sealed);
    return heard(from, sequence_, sealed);
  }
  // RETURNS: how many of the frames were heard.
  int device_frames(int count, UdpAddress from = kVictim) {
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += device(from) ? 1 : 0;
    return taken;
  }
  bool random_datagram(UdpAddress from, std::uint32_t sequence) {
    Bytes payload(1 + random_() % 40);
    for (auto& byte : payload) byte = static_cast<std::uint8_t>(random_());
    return heard(from, sequence, payload);
  }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  UdpAddress stranger() { return random_() % 2 == 0 ? kSameIp : kOtherIp; }

  std::mt19937 random_{GetParam()};
  SteadyTime now_{1h};
  std::optional<SteadyTime> sends_since_ = now_;
  std::uint32_t sequence_ = 0;
  SessionCounters counters_;
  PacketScratch scratch_;
  AudioPath path_{counters_, scratch_, kSeenSsrc, session_key(), kFrame, kFrame, now_};
};

TEST_P(AudioPathAttack, AFewEmptyDatagramsDoNotMuteIt) {
  device_frames(53);
  const std::uint32_t far = 500 + below(110);
  for (std::uint32_t i = 0; i < 40; ++i) {
    EXPECT_FALSE(heard(stranger(), far + i, {})) << "nor is what he sends";
  }
  EXPECT_EQ(device_frames(500), 500);
}

TEST_P(AudioPathAttack, OneDatagramAFrameThatCreepsAheadDoesNotMuteIt) {
  device_frames(53);
  const UdpAddress from = stranger();
  std::uint32_t ahead = sequence_;
  for (int frame = 0; frame < 500; ++frame) {
    ahead += 64;
    if (random_() % 2 == 0) {
      EXPECT_FALSE(heard(from, ahead, {}));
    } else {
      EXPECT_FALSE(random_datagram(from, ahead));
    }
    ASSERT_TRUE(device()) << frame;
  }
}

TEST_P(AudioPathAttack, RandomBytesDoNotTakeTheReply) {
  device_frames(53);
  sends_since_.reset();  // it is spoken to
  const UdpAddress from = stranger();
  for (std::uint32_t i = 1; i <= 5000; ++i) {
    now_ += 1ms;
    EXPECT_FALSE(random_datagram(from, sequence_ + i / 16 + 1));
  }
  EXPECT_EQ(path_.peer(), kVictim);
  sends_since_ = now_;
  EXPECT_EQ(device_frames(100), 100);
}

TEST_P(AudioPathAttack, NorWhileTheDeviceIsOutOfReach) {
  device_frames(53);
  const UdpAddress from = stranger();
  for (std::uint32_t i = 1; i <= 6'000; ++i) {
    now_ += 1ms;
    EXPECT_FALSE(random_datagram(from, sequence_ + i / 50 + 1));
  }
  EXPECT_EQ(path_.peer(), kVictim);
  sequence_ += 6'000 / 60;
  EXPECT_GE(device_frames(100), 97) << "the jump confirms itself";
}

TEST_P(AudioPathAttack, ADatagramBeforeTheFirstOfTheDeviceKeepsNothing) {
  for (std::uint32_t i = 1; i < 300; ++i) heard(kOtherIp, i, {});
  ASSERT_EQ(path_.peer(), kOtherIp);
  EXPECT_GE(device_frames(50), 50 - PeerAddress::kProofs);
  EXPECT_EQ(path_.peer(), kVictim);
}

TEST_P(AudioPathAttack, ANatThatRebindsIsFollowedThoughStrangersDisturb) {
  for (std::uint16_t port = 4001; port < 4020; ++port) {
    ASSERT_GE(device_frames(40), 40);
    const UdpAddress rebound{kVictim.ip, port};
    sequence_ += below(12);  // lost while the NAT made up its mind
    int lost = 0;
    while (!device(rebound)) {
      random_datagram(stranger(), sequence_ + 1 + below(64));
      heard(stranger(), sequence_ + below(64), {});
      ASSERT_LT(++lost, 2 * PeerAddress::kProofs);
    }
    ASSERT_EQ(path_.peer(), rebound);
    ASSERT_EQ(device_frames(20, rebound), 20);
    // And back: the next round begins at kVictim.
    now_ += 1s;
    while (!device()) ASSERT_LT(++lost, 4 * PeerAddress::kProofs);
  }
}

TEST_P(AudioPathAttack, RecordedDatagramsFromElsewhereProveNothing) {
  std::uint32_t recorded = 0;
  for (int i = 0; i < 300; ++i) {
    device();
    // He is as fast as he likes, but later than the device.
    for (int k = 0; k < 3; ++k) {
      recorded = 1 + below(sequence_);
      const Bytes opus{kSound60, 1, 7};
      AudioHeader header;
      header.payload_bytes = 3;
      header.ssrc = kSeenSsrc;
      header.sequence = recorded;
      Bytes sealed(opus.size());
      AudioCipher(session_key()).apply(build_audio_header(header), opus, sealed);
      EXPECT_FALSE(heard(stranger(), recorded, sealed));
    }
  }
  EXPECT_EQ(counters_.value(SessionEvent::kPeerCandidate), 0U) << "a copy is counted as what it is";
  now_ += 1min;
  EXPECT_EQ(path_.peer(), kVictim);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AudioPathAttack, ::testing::Range(1U, 21U));

}  // namespace
}  // namespace earshot::gateway
