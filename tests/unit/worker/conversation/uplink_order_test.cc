#include "worker/conversation/uplink_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Positive: a packet; negative: one that is lost.
std::vector<int> numbers(const std::vector<UplinkPacket>& packets) {
  std::vector<int> out;
  for (const UplinkPacket& packet : packets) {
    const int number = static_cast<int>(packet.sequence);
    out.push_back(packet.lost ? -number : number);
  }
  return out;
}

std::vector<int> push(UplinkOrder& order, std::uint32_t sequence) {
  return numbers(order.push({.sequence = sequence, .opus = {1, 2}}));
}

TEST(UplinkOrder, PassesWhatIsInOrderAtOnce) {
  UplinkOrder order;
  EXPECT_THAT(push(order, 7), ElementsAre(7));
  EXPECT_THAT(push(order, 8), ElementsAre(8));
}

TEST(UplinkOrder, PutsASwappedPairRight) {
  UplinkOrder order;
  push(order, 1);
  EXPECT_THAT(push(order, 3), IsEmpty());
  EXPECT_THAT(push(order, 2), ElementsAre(2, 3));
  EXPECT_EQ(order.lost(), 0U);
}

TEST(UplinkOrder, GivesUpAPacketAfterTwoOthers) {
  UplinkOrder order;
  push(order, 1);
  push(order, 3);
  push(order, 4);
  EXPECT_THAT(push(order, 5), ElementsAre(-2, 3, 4, 5));
  EXPECT_EQ(order.lost(), 1U);
  EXPECT_THAT(push(order, 2), IsEmpty());
  EXPECT_EQ(order.late(), 1U);
}

TEST(UplinkOrder, IgnoresDoubles) {
  UplinkOrder order;
  push(order, 1);
  EXPECT_THAT(push(order, 1), IsEmpty());
  push(order, 3);
  EXPECT_THAT(push(order, 3), IsEmpty());
  EXPECT_EQ(order.late(), 2U);
}

TEST(UplinkOrder, ConcealsAFewOfAVeryLongGap) {
  UplinkOrder order;
  push(order, 1);
  push(order, 4'000'000'000);
  push(order, 4'000'000'001);
  EXPECT_THAT(push(order, 4'000'000'002), SizeIs(UplinkOrder::kMaxLost + 3));
}

TEST(UplinkOrder, FlushWaitsNoLonger) {
  UplinkOrder order;
  push(order, 1);
  push(order, 3);
  push(order, 5);
  EXPECT_THAT(numbers(order.flush()), ElementsAre(-2, 3, -4, 5));
  EXPECT_THAT(push(order, 6), ElementsAre(6));
}

TEST(UplinkOrder, RestartTakesAnyNumberAsTheFirst) {
  UplinkOrder order;
  push(order, 1);
  push(order, 9);
  order.restart();
  EXPECT_THAT(push(order, 100), ElementsAre(100));
  EXPECT_EQ(order.lost(), 0U);
}

TEST(UplinkOrder, SurvivesTheEndOfTheNumbers) {
  UplinkOrder order;
  EXPECT_THAT(push(order, 0xffffffff), SizeIs(1));
  EXPECT_THAT(push(order, 0), ElementsAre(0));
}

}  // namespace
}  // namespace earshot::worker
