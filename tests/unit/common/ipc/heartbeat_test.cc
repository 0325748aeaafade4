#include "common/ipc/heartbeat.h"

#include <gtest/gtest.h>

namespace earshot::ipc {
namespace {

using Action = Heartbeat::Action;
constexpr Milliseconds kInterval{1000};
constexpr SteadyTime kStart{};

TEST(Heartbeat, PingsAfterEachSilentIntervalAndIsDeadAfterThreeMissed) {
  Heartbeat heartbeat(kInterval, kStart);
  EXPECT_EQ(heartbeat.poll(kStart + Milliseconds(999)), Action::kNone);
  EXPECT_EQ(heartbeat.poll(kStart + 1 * kInterval), Action::kPing);
  EXPECT_EQ(heartbeat.poll(kStart + Milliseconds(1500)), Action::kNone);
  EXPECT_EQ(heartbeat.poll(kStart + 2 * kInterval), Action::kPing);
  EXPECT_EQ(heartbeat.poll(kStart + 3 * kInterval), Action::kPing);
  EXPECT_EQ(heartbeat.poll(kStart + 4 * kInterval), Action::kDead);
}

TEST(Heartbeat, AnythingHeardStartsOver) {
  Heartbeat heartbeat(kInterval, kStart);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(heartbeat.poll(kStart + i * kInterval), Action::kPing);
  heartbeat.heard(kStart + Milliseconds(3500));
  EXPECT_EQ(heartbeat.next_deadline(), kStart + Milliseconds(4500));
  EXPECT_EQ(heartbeat.poll(kStart + 4 * kInterval), Action::kNone);
  EXPECT_EQ(heartbeat.poll(kStart + Milliseconds(4500)), Action::kPing);
}

TEST(Heartbeat, AStallOfOurOwnIsNotTheOtherSidesSilence) {
  Heartbeat heartbeat(kInterval, kStart);
  const SteadyTime late = kStart + 60 * kInterval;
  EXPECT_EQ(heartbeat.poll(late), Action::kPing);
  EXPECT_EQ(heartbeat.poll(late), Action::kNone);
  EXPECT_EQ(heartbeat.poll(late + kInterval), Action::kPing);
}

TEST(Heartbeat, AShorterIntervalCountsAtOnce) {
  Heartbeat heartbeat(kInterval, kStart);
  const Milliseconds shorter{225};
  heartbeat.set_interval(shorter, kStart);
  EXPECT_EQ(heartbeat.next_deadline(), kStart + shorter);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(heartbeat.poll(kStart + i * shorter), Action::kPing);
  EXPECT_EQ(heartbeat.poll(kStart + 4 * shorter), Action::kDead);
}

TEST(Heartbeat, ALongerIntervalCountsFromTheNextSignOfLife) {
  Heartbeat heartbeat(Milliseconds{225}, kStart);
  heartbeat.set_interval(kInterval, kStart);
  EXPECT_EQ(heartbeat.next_deadline(), kStart + Milliseconds{225});
  heartbeat.heard(kStart);
  EXPECT_EQ(heartbeat.next_deadline(), kStart + kInterval);
}

}  // namespace
}  // namespace earshot::ipc
