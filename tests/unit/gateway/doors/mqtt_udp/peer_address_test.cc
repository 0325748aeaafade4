#include "gateway/doors/mqtt_udp/peer_address.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr UdpAddress kHome{0xC0000201, 4000};
constexpr UdpAddress kRebound{0xC0000201, 4001};
constexpr UdpAddress kMoved{0xC0000202, 4000};
constexpr UdpAddress kAttacker{0xCB007107, 666};

class PeerAddressTest : public ::testing::Test {
 protected:
  PeerVerdict hear(UdpAddress from, Milliseconds later = 60ms) {
    return observe(from, Content::kSound, later);
  }
  PeerVerdict observe(UdpAddress from, Content content, Milliseconds later = 60ms, bool newest = true) {
    now_ += later;
    return peer_.observe(
        from,
        {.sequence = ++sequence_, .newest = newest, .content = content, .expected_since = expected_since_},
        now_);
  }
  void hear_home(int packets = 20) {
    for (int i = 0; i < packets; ++i) hear(kHome);
  }
  // RETURNS: how many datagrams it took; `limit` if that was not enough.
  int datagrams_until_changed(UdpAddress from, int limit = 200) {
    for (int i = 1; i < limit; ++i) {
      if (hear(from) == PeerVerdict::kChanged) return i;
    }
    return limit;
  }

  SteadyTime now_{1h};
  std::optional<SteadyTime> expected_since_ = now_;
  std::uint32_t sequence_ = 0;
  PeerAddress peer_;
};

TEST_F(PeerAddressTest, IsUnknownBeforeTheFirstDatagram) {
  EXPECT_EQ(peer_.current(), std::nullopt);
}

TEST_F(PeerAddressTest, LearnsFromTheFirstDatagram) {
  EXPECT_EQ(observe(kHome, Content::kNothing), PeerVerdict::kLearned);
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, FollowsANatThatRebinds) {
  hear_home();
  EXPECT_EQ(datagrams_until_changed(kRebound), PeerAddress::kProofs);
  EXPECT_EQ(peer_.current(), kRebound);
}

TEST_F(PeerAddressTest, FollowsToAnotherIpAfterLongSilenceOnly) {
  hear_home();
  EXPECT_EQ(datagrams_until_changed(kMoved), PeerAddress::kFarSilence / 60ms);
  EXPECT_EQ(peer_.current(), kMoved);
}

TEST_F(PeerAddressTest, AnotherIpNeedsManyProofsHoweverLongTheSilence) {
  hear_home();
  now_ += 1min;
  EXPECT_EQ(datagrams_until_changed(kMoved), PeerAddress::kFarProofs);
}

TEST_F(PeerAddressTest, SilenceOfADeviceThatIsNotToSendProvesNothing) {
  hear_home();
  expected_since_.reset();
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(hear(kRebound), PeerVerdict::kCandidate);
  }
  expected_since_ = now_;
  EXPECT_EQ(hear(kRebound), PeerVerdict::kCandidate) << "it had no time to send yet";
  EXPECT_EQ(hear(kHome), PeerVerdict::kKnown);
  EXPECT_EQ(hear(kRebound), PeerVerdict::kCandidate);
}

TEST_F(PeerAddressTest, AStrangerCannotTakeOverWhileTheDeviceTalks) {
  hear_home();
  for (int i = 0; i < 100; ++i) {
    for (int k = 0; k < 8; ++k) hear(kRebound, 5ms);
    hear(kHome, 20ms);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, OldOrEmptyDatagramsProveNothing) {
  hear_home();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(observe(kRebound, Content::kSound, 60ms, false), PeerVerdict::kCandidate);
    EXPECT_EQ(observe(kRebound, Content::kNothing), PeerVerdict::kCandidate);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, GarbageTakesProofsBack) {
  hear_home();
  for (int i = 0; i < 100; ++i) {
    for (int k = 1; k < PeerAddress::kProofs; ++k) hear(kRebound);
    peer_.garbage(kRebound);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, GarbageOfAStrangerDoesNotKeepTheDeviceAway) {
  hear_home();
  int datagrams = 0;
  while (hear(kRebound) != PeerVerdict::kChanged) {
    peer_.garbage(kAttacker);
    hear(kAttacker, 0ms);
    ASSERT_LT(++datagrams, 20);
  }
}

TEST_F(PeerAddressTest, ADeviceIsFoundAgainWhenAStrangersProofsStop) {
  hear_home();
  hear(kAttacker);
  now_ += PeerAddress::kSilence;
  EXPECT_LT(datagrams_until_changed(kRebound), 20);
}

TEST_F(PeerAddressTest, AFirstAddressThatProvedNothingGivesWay) {
  for (int i = 0; i < 50; ++i) observe(kAttacker, Content::kNothing);
  ASSERT_EQ(peer_.current(), kAttacker);
  int datagrams = 1;
  while (hear(kHome) == PeerVerdict::kCandidate) {
    observe(kAttacker, Content::kNothing, 0ms);
    ASSERT_LT(++datagrams, 20);
  }
  EXPECT_EQ(datagrams, PeerAddress::kProofs);
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, ChangesOnceASecondAtMost) {
  hear_home();
  datagrams_until_changed(kRebound);
  ASSERT_EQ(peer_.current(), kRebound);
  const SteadyTime changed = now_;
  datagrams_until_changed(kHome);
  EXPECT_EQ(peer_.current(), kHome);
  EXPECT_GE(now_ - changed, PeerAddress::kChangeInterval);
}

TEST(UdpAddressTest, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(to_string(kHome), "192.0.2.1:4000");
}

}  // namespace
}  // namespace earshot::gateway
