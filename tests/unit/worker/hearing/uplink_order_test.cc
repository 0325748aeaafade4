#include "worker/hearing/uplink_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

// Positive: a packet; negative: one that is lost.
std::vector<int> numbers(const std::vector<UplinkPacket>& packets) {
  std::vector<int> out;
  for (const UplinkPacket& packet : packets) {
    const int number = static_cast<int>(packet.sequence);
    out.push_back(packet.lost ? -number : number);
  }
  return out;
}

constexpr SteadyTime kFirstArrival{std::chrono::hours(1)};

std::vector<int> push(UplinkOrder& order, std::uint32_t sequence, Milliseconds at = Milliseconds{0}) {
  return numbers(order.push({.sequence = sequence, .opus = {1, 2}}, kFirstArrival + at));
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

TEST(UplinkOrder, GivesUpAPacketOf60MsAfterTwoOthers) {
  UplinkOrder order;
  push(order, 1, 0ms);
  push(order, 3, 120ms);
  EXPECT_THAT(push(order, 4, 180ms), IsEmpty());
  EXPECT_THAT(push(order, 5, 240ms), ElementsAre(-2, 3, 4, 5));
  EXPECT_EQ(order.lost(), 1U);
  EXPECT_THAT(push(order, 2), IsEmpty());
  EXPECT_EQ(order.late(), 1U);
}

TEST(UplinkOrder, WaitsAsLongForAPacketOf20Ms) {
  UplinkOrder order;
  push(order, 1, 0ms);
  for (std::uint32_t sequence = 3; sequence <= 8; ++sequence) {
    EXPECT_THAT(push(order, sequence, Milliseconds{20} * static_cast<int>(sequence - 1)), IsEmpty())
        << sequence;
  }
  EXPECT_THAT(push(order, 2, 155ms), ElementsAre(2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(order.lost(), 0U);
}

TEST(UplinkOrder, ReleasesByTimeWhatNoFurtherPacketReleases) {
  UplinkOrder order;
  push(order, 1, 0ms);
  EXPECT_EQ(order.deadline(), std::nullopt);
  push(order, 3, 120ms);
  push(order, 4, 180ms);
  EXPECT_EQ(order.deadline(), kFirstArrival + 240ms);
  EXPECT_THAT(numbers(order.expire(kFirstArrival + 239ms)), IsEmpty());
  EXPECT_THAT(numbers(order.expire(kFirstArrival + 240ms)), ElementsAre(-2, 3, 4));
  EXPECT_EQ(order.deadline(), std::nullopt);
}

TEST(UplinkOrder, HoldsNoMoreThanItsBoundWhenTheClockStands) {
  UplinkOrder order;
  push(order, 1);
  for (std::uint32_t sequence = 3; sequence < 3 + UplinkOrder::kMaxHeld; ++sequence) {
    EXPECT_THAT(push(order, sequence), IsEmpty());
  }
  EXPECT_THAT(push(order, 100), SizeIs(UplinkOrder::kMaxHeld + 1));
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
  EXPECT_THAT(push(order, 4'000'000'002, 120ms), SizeIs(UplinkOrder::kMaxLost + 3));
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
