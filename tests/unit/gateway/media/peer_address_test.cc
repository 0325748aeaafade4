#include "gateway/media/peer_address.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr UdpAddress kHome{0xC0000201, 4000};
constexpr UdpAddress kRebound{0xC0000201, 4001};
constexpr UdpAddress kAttacker{0xCB007107, 666};
constexpr PeerEvidence kStrong{.newest = true, .informative = true};

class PeerAddressTest : public ::testing::Test {
 protected:
  PeerVerdict hear(UdpAddress from, PeerEvidence evidence = kStrong, Milliseconds later = 60ms) {
    now_ += later;
    return peer_.observe(from, evidence, now_);
  }

  SteadyTime now_{1h};
  PeerAddress peer_;
};

TEST_F(PeerAddressTest, IsUnknownBeforeTheFirstDatagram) {
  EXPECT_EQ(peer_.current(), std::nullopt);
}

TEST_F(PeerAddressTest, LearnsFromTheFirstDatagram) {
  EXPECT_EQ(hear(kHome, {}), PeerVerdict::kLearned);
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, FollowsANatThatRebinds) {
  for (int i = 0; i < 20; ++i) hear(kHome);
  EXPECT_EQ(hear(kRebound), PeerVerdict::kCandidate);
  EXPECT_EQ(hear(kRebound), PeerVerdict::kCandidate);
  EXPECT_EQ(hear(kRebound), PeerVerdict::kChanged);
  EXPECT_EQ(peer_.current(), kRebound);
}

TEST_F(PeerAddressTest, AStrangerCannotTakeOverWhileTheDeviceTalks) {
  for (int i = 0; i < 20; ++i) hear(kHome);
  for (int i = 0; i < 100; ++i) {
    hear(kAttacker, kStrong, 10ms);
    hear(kAttacker, kStrong, 10ms);
    hear(kAttacker, kStrong, 10ms);
    hear(kAttacker, kStrong, 10ms);
    hear(kHome, kStrong, 20ms);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, OldOrEmptyDatagramsProveNothing) {
  for (int i = 0; i < 20; ++i) hear(kHome);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(hear(kAttacker, {.newest = false, .informative = true}), PeerVerdict::kCandidate);
    EXPECT_EQ(hear(kAttacker, {.newest = true, .informative = false}), PeerVerdict::kCandidate);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, AddressesThatTakeTurnsProveNothing) {
  for (int i = 0; i < 20; ++i) hear(kHome);
  for (int i = 0; i < 20; ++i) {
    hear(kRebound);
    hear(kAttacker);
  }
  EXPECT_EQ(peer_.current(), kHome);
}

TEST_F(PeerAddressTest, ChangesOnceASecondAtMost) {
  for (int i = 0; i < 20; ++i) hear(kHome);
  for (int i = 0; i < 3; ++i) hear(kRebound);
  ASSERT_EQ(peer_.current(), kRebound);
  const SteadyTime changed = now_;
  while (hear(kHome) != PeerVerdict::kChanged) {
    ASSERT_LT(now_ - changed, 5s);
  }
  EXPECT_GE(now_ - changed, PeerAddress::kChangeInterval);
}

TEST(UdpAddressTest, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(to_string(kHome), "192.0.2.1:4000");
}

}  // namespace
}  // namespace earshot::gateway
