// How many workers run for a load.
#include "gateway/process/spawn_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using Step = SpawnPolicy::Step;

class SpawnPolicyTest : public ::testing::Test {
 protected:
  // Asks each second until something is to be done.
  // RETURNS: how many seconds that took; -1: nothing in ten minutes.
  int seconds_until(Step step, std::uint32_t running, const std::vector<double>& loads) {
    for (int second = 0; second < 600; ++second, now += 1s) {
      const Step next = policy.next(running, loads, now);
      if (next == step) return second;
      if (next != Step::kNone) return -2;
    }
    return -1;
  }
  SpawnPolicy policy{{.least = 1, .most = 3}};
  SteadyTime now{};
};

TEST_F(SpawnPolicyTest, TheLeastStartAtOnce) {
  EXPECT_EQ(policy.next(0, {}, now), Step::kStart);
}

TEST_F(SpawnPolicyTest, AnotherOneStartsWhenThoseThatRunStayBusy) {
  EXPECT_EQ(seconds_until(Step::kStart, 1, {0.8}), 3);
  EXPECT_EQ(seconds_until(Step::kStart, 2, {0.9, 0.6}), 3) << "their mean counts";
}

TEST_F(SpawnPolicyTest, AShortPeakStartsNothing) {
  const std::vector<double> busy{0.9};
  const std::vector<double> usual{0.5};
  for (int i = 0; i < 100; ++i, now += 2s)
    EXPECT_EQ(policy.next(1, i % 2 == 0 ? busy : usual, now), Step::kNone);
}

TEST_F(SpawnPolicyTest, NoMoreThanTheMostRun) {
  EXPECT_EQ(seconds_until(Step::kStart, 3, {1, 1, 1}), -1);
}

TEST_F(SpawnPolicyTest, OneThatStartsUpIsWaitedForButNotForEver) {
  ASSERT_EQ(seconds_until(Step::kStart, 1, {1}), 3);
  EXPECT_EQ(seconds_until(Step::kStart, 2, {1}), 15) << "the second one does not come up";
}

TEST_F(SpawnPolicyTest, OneLeavesWhenTheOthersStayCalmWithoutIt) {
  EXPECT_EQ(seconds_until(Step::kStop, 2, {0.2, 0.1}), 120);
}

TEST_F(SpawnPolicyTest, NoneLeavesWhereTheOthersWouldBeBusier) {
  EXPECT_EQ(seconds_until(Step::kStop, 2, {0.3, 0.3}), -1);
  EXPECT_EQ(seconds_until(Step::kStop, 1, {0}), -1) << "the least stay";
  EXPECT_EQ(seconds_until(Step::kStop, 3, {0, 0}), -1) << "one of them is not up";
}

// What starts one never makes another leave, whatever the load: the load of two is half of that of one.
TEST_F(SpawnPolicyTest, StartingAndStoppingDoNotFollowEachOther) {
  for (double load = 0; load <= 1.0; load += 0.01) {
    SpawnPolicy one{{.least = 1, .most = 2}};
    SteadyTime time{};
    std::uint32_t running = 1;
    int steps = 0;
    for (int second = 0; second < 1200; ++second, time += 1s) {
      const std::vector<double> loads(running, load / running);
      const Step step = one.next(running, loads, time);
      if (step == Step::kNone) continue;
      running = step == Step::kStart ? running + 1 : running - 1;
      ++steps;
    }
    EXPECT_LE(steps, 1) << load;
  }
}

}  // namespace
}  // namespace earshot::gateway
