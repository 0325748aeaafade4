#include "gateway/doors/mqtt_udp/uplink_loss.h"

#include <gtest/gtest.h>

#include <random>

namespace earshot::gateway {
namespace {

class UplinkLossTest : public ::testing::Test {
 protected:
  // `count` packets of which about `percent` are lost.
  void send(int count, double percent) {
    for (int i = 0; i < count; ++i) {
      ++sequence_;
      if (std::uniform_real_distribution<>(0, 100)(random_) >= percent) loss_.heard(sequence_);
    }
  }

  UplinkLoss loss_;
  std::uint32_t sequence_ = 0;
  std::mt19937_64 random_{7};
};

TEST_F(UplinkLossTest, AGoodNetworkLosesNothing) {
  send(1000, 0);
  EXPECT_FALSE(loss_.heavy());
}

TEST_F(UplinkLossTest, ALostPacketNowAndThenIsNothing) {
  for (int i = 0; i < 50; ++i) {
    send(120, 0);
    ++sequence_;
    EXPECT_FALSE(loss_.heavy());
  }
}

TEST_F(UplinkLossTest, ABadNetworkIsHeardWithinSeconds) {
  send(150, 10);
  EXPECT_TRUE(loss_.heavy());
}

TEST_F(UplinkLossTest, ItStaysBadUntilNothingIsLost) {
  send(150, 10);
  send(300, 3);
  EXPECT_TRUE(loss_.heavy());
  send(1000, 0);
  EXPECT_FALSE(loss_.heavy());
}

TEST_F(UplinkLossTest, WhatComesLateIsNotLost) {
  for (std::uint32_t i = 1; i < 1000; i += 2) {
    loss_.heard(i + 1);
    loss_.heard(i);
  }
  EXPECT_FALSE(loss_.heavy());
}

TEST_F(UplinkLossTest, AJumpIsNoLoss) {
  send(200, 0);
  sequence_ += 5000;
  send(200, 0);
  EXPECT_FALSE(loss_.heavy());
}

}  // namespace
}  // namespace earshot::gateway
