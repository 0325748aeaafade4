// The small queues of the device: main loop, send queue, delayed queue, link faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "bench/simulator/delayed_queue.h"
#include "bench/simulator/link_faults.h"
#include "bench/simulator/main_loop.h"
#include "bench/simulator/send_queue.h"

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MainLoop, RunsNothingWhileBlockedAndKeepsTheOrder) {
  MainLoop loop;
  std::vector<int> ran;
  loop.block();
  loop.post([&] { ran.push_back(1); });
  loop.post([&] { ran.push_back(2); });
  EXPECT_THAT(ran, IsEmpty());
  loop.unblock();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(MainLoop, ATaskThatBlocksHoldsBackTheNext) {
  MainLoop loop;
  std::vector<int> ran;
  loop.block();
  loop.post([&] {
    ran.push_back(1);
    loop.block();
  });
  loop.post([&] { ran.push_back(2); });
  loop.unblock();
  EXPECT_THAT(ran, ElementsAre(1));
  loop.unblock();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(MainLoop, ATaskPostedByATaskComesAfterIt) {
  MainLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    loop.post([&] { ran.push_back(2); });
    ran.push_back(1);
  });
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(MainLoop, DropsAndCountsBeyondItsCapacity) {
  MainLoop loop;
  loop.block();
  for (std::size_t i = 0; i < MainLoop::kCapacity + 3; ++i) loop.post([] {});
  EXPECT_EQ(loop.dropped(), 3U);
}

TEST(SendQueue, DropsTheOldestOfFortyPackets) {
  SendQueue queue;
  for (std::uint8_t n = 1; n <= 42; ++n) queue.push({n});
  EXPECT_EQ(queue.size(), 40U);
  EXPECT_EQ(queue.dropped(), 2U);
  EXPECT_EQ(queue.pop(), Bytes{3});
  queue.clear();
  EXPECT_FALSE(queue.pop());
}

TEST(DelayedQueue, GivesWhatIsDueInOrderOfTimeAndThenOfInsertion) {
  DelayedQueue<int> queue;
  const SteadyTime start{milliseconds(1000)};
  queue.push(start + milliseconds(20), 3);
  queue.push(start + milliseconds(10), 1);
  queue.push(start + milliseconds(10), 2);
  EXPECT_EQ(queue.next(), start + milliseconds(10));
  EXPECT_FALSE(queue.pop(start + milliseconds(9)));
  EXPECT_EQ(queue.pop(start + milliseconds(15)), 1);
  EXPECT_EQ(queue.pop(start + milliseconds(15)), 2);
  EXPECT_FALSE(queue.pop(start + milliseconds(15)));
  EXPECT_EQ(queue.pop(start + milliseconds(25)), 3);
}

TEST(LinkFaults, APerfectLinkDeliversAtOnce) {
  LinkFaults link({}, 1);
  const SteadyTime now{milliseconds(5)};
  for (int i = 0; i < 1000; ++i) EXPECT_THAT(link.plan(now), ElementsAre(now));
}

TEST(LinkFaults, KeepsItsRates) {
  LinkFaults link(
      {.loss_percent = 10, .duplicate_percent = 5, .reorder_percent = 20, .jitter = milliseconds(30)}, 7);
  const SteadyTime now{};
  for (int i = 0; i < 10'000; ++i) {
    for (const SteadyTime arrival : link.plan(now)) {
      EXPECT_GE(arrival, now);
      EXPECT_LE(arrival, now + milliseconds(120));
    }
  }
  EXPECT_NEAR(static_cast<double>(link.lost()), 1000, 100);
  EXPECT_NEAR(static_cast<double>(link.duplicated()), 450, 70);
  EXPECT_NEAR(static_cast<double>(link.reordered()), 1890, 150);
}

TEST(LinkFaults, TheSameSeedGivesTheSameFaults) {
  const FaultRates rates{
      .loss_percent = 30, .duplicate_percent = 30, .reorder_percent = 30, .jitter = milliseconds(50)};
  LinkFaults first(rates, 3);
  LinkFaults second(rates, 3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.plan(SteadyTime{}), second.plan(SteadyTime{}));
}

}  // namespace
}  // namespace earshot::simulator
