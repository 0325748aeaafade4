#include "worker/link/fair_share.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace earshot::worker {
namespace {

using Others = std::vector<std::uint32_t>;

TEST(FairShareTest, OneGatewayHasAll) {
  EXPECT_TRUE(has_fair_room(10, 9, Others{}));
  EXPECT_FALSE(has_fair_room(10, 10, Others{}));
}

TEST(FairShareTest, WhatTheOthersLeaveIsTakenButForAQuarterOfTheirShare) {
  EXPECT_TRUE(has_fair_room(40, 34, Others{0}));
  EXPECT_FALSE(has_fair_room(40, 35, Others{0})) << "5 are kept for the other one";
  EXPECT_TRUE(has_fair_room(40, 34, Others{5})) << "who has had what was kept need not be waited for";
}

TEST(FairShareTest, WhatIsKeptForOneIsGivenToItAlone) {
  EXPECT_TRUE(has_fair_room(40, 0, Others{35}));
  EXPECT_TRUE(has_fair_room(40, 4, Others{35}));
  EXPECT_FALSE(has_fair_room(40, 5, Others{35})) << "full";
}

TEST(FairShareTest, ASmallWorkerServesWhoeverComes) {
  EXPECT_TRUE(has_fair_room(1, 0, Others{0, 0, 0}));
  EXPECT_FALSE(has_fair_room(1, 0, Others{1, 0, 0}));
}

// Three gateways that all want everything, one behind the other.
TEST(FairShareTest, UnderPressureNobodyIsShutOut) {
  std::array<std::uint32_t, 3> sessions{};
  for (std::size_t who : {0U, 1U, 2U}) {
    while (true) {
      Others others;
      for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (i != who) others.push_back(sessions[i]);
      }
      if (!has_fair_room(30, sessions[who], others)) break;
      ++sessions[who];
    }
  }
  EXPECT_EQ(sessions[0] + sessions[1] + sessions[2], 30U);
  EXPECT_GE(sessions[1], 2U);
  EXPECT_GE(sessions[2], 2U);
}

}  // namespace
}  // namespace earshot::worker
