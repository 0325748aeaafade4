#include "gateway/live/device/device_budget.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

class DeviceBudgetTest : public testing::Test {
 protected:
  static DeviceId device(int number) {
    return *DeviceId::parse("02:00:00:00:00:" + std::to_string(10 + number));
  }
  template <class Take>
  int taken(int of, Take&& take) {
    int count = 0;
    for (int i = 0; i < of; ++i) count += take() ? 1 : 0;
    return count;
  }
  DeviceBudget budget_;
  SteadyTime now_{std::chrono::hours(1)};
};

TEST_F(DeviceBudgetTest, HellosComeFiveAtOnceAndThenOneASecond) {
  EXPECT_EQ(taken(1000, [&] { return budget_.hello(device(1), now_); }), 5);
  EXPECT_EQ(taken(1000, [&] { return budget_.hello(device(2), now_); }), 5) << "each device its own";
  now_ += Milliseconds(1000);
  EXPECT_EQ(taken(1000, [&] { return budget_.hello(device(1), now_); }), 1);
}

TEST_F(DeviceBudgetTest, MessagesComeAt64KilobytesASecond) {
  EXPECT_EQ(taken(100, [&] { return budget_.message(device(1), 62'000, now_); }), 4);
  int count = 0;
  for (int i = 0; i < 1000; ++i) {
    now_ += Milliseconds(10);
    count += budget_.message(device(1), 62'000, now_) ? 1 : 0;
  }
  EXPECT_NEAR(count, 10, 1) << "in 10 s";
  EXPECT_FALSE(budget_.message(device(2), 1024 * 1024, now_)) << "more than there ever is";
}

TEST_F(DeviceBudgetTest, ShortMessagesCostToo) {
  EXPECT_EQ(taken(100'000, [&] { return budget_.message(device(1), 0, now_); }), 1024);
}

TEST_F(DeviceBudgetTest, ADeviceOf82ToolsThatAnswersAtOnceDoesNotNotice) {
  for (int conversation = 0; conversation < 20; ++conversation) {
    EXPECT_TRUE(budget_.hello(device(1), now_));
    for (int page = 0; page < 6; ++page) EXPECT_TRUE(budget_.message(device(1), 8 * 1024, now_));
    for (int call = 0; call < 10; ++call) EXPECT_TRUE(budget_.message(device(1), 500, now_));
    now_ += Milliseconds(5000);
  }
}

TEST_F(DeviceBudgetTest, TheLogTellsOfAFewSessionsOfADevice) {
  EXPECT_EQ(taken(1000, [&] { return budget_.log_line(device(1), now_); }), 6);
  EXPECT_TRUE(budget_.log_line(device(2), now_));
}

}  // namespace
}  // namespace earshot::gateway
