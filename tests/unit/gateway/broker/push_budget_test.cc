#include "gateway/broker/push_budget.h"

#include <gtest/gtest.h>

namespace earshot::broker {
namespace {

class PushBudgetTest : public testing::Test {
 protected:
  int pushes_until_refused(std::string_view client_id, std::size_t bytes) {
    int count = 0;
    while (count < 100000 && budget_.take(client_id, bytes, now_)) ++count;
    return count;
  }
  PushBudget budget_;
  SteadyTime now_{std::chrono::seconds(100)};
};

TEST_F(PushBudgetTest, ABurstIsBoundedForEachDeviceAlone) {
  constexpr std::size_t kBytes = 1024 - PushBudget::kBytesPerMessage;
  EXPECT_EQ(pushes_until_refused("a", kBytes), 512);
  EXPECT_EQ(pushes_until_refused("b", kBytes), 512);
}

TEST_F(PushBudgetTest, EmptyMessagesCostToo) {
  EXPECT_EQ(pushes_until_refused("a", 0), 2048);
}

TEST_F(PushBudgetTest, RefillsWithTimeUpToTheBurst) {
  pushes_until_refused("a", 1000);
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(pushes_until_refused("a", 1024 - PushBudget::kBytesPerMessage), 16);
  now_ += std::chrono::hours(24);
  EXPECT_EQ(pushes_until_refused("a", 1024 - PushBudget::kBytesPerMessage), 512);
}

TEST_F(PushBudgetTest, ManySmallStepsRefillAsMuchAsOneLarge) {
  pushes_until_refused("a", 0);
  int pushes = 0;
  for (int i = 0; i < 100000; ++i) {
    now_ += Microseconds(100);
    if (budget_.take("a", 0, now_)) ++pushes;
  }
  EXPECT_NEAR(pushes, 10 * PushBudget::kBytesPerSecond / PushBudget::kBytesPerMessage, 20);
}

TEST_F(PushBudgetTest, ANewConnectionBeginsAnew) {
  pushes_until_refused("a", 1000);
  EXPECT_FALSE(budget_.take("a", 1000, now_));
  budget_.forget("a");
  EXPECT_TRUE(budget_.take("a", 1000, now_));
}

}  // namespace
}  // namespace earshot::broker
