#include "gateway/live/shard/timing_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1h + 123ms};
SteadyTime at(std::int64_t ms) {
  return kStart + Milliseconds(ms);
}

TEST(TimingWheel, GivesWhatIsDueInOrder) {
  WheelTimer one{Ssrc{1}};
  WheelTimer two{Ssrc{2}};
  WheelTimer three{Ssrc{3}};
  TimingWheel wheel(kStart);
  wheel.set(one, at(30));
  wheel.set(two, at(10));
  wheel.set(three, at(20));
  EXPECT_EQ(wheel.next_turn(), at(10));
  EXPECT_EQ(wheel.pop_due(at(9)), nullptr);
  EXPECT_EQ(wheel.pop_due(at(20)), &two);
  EXPECT_EQ(wheel.pop_due(at(20)), &three);
  EXPECT_EQ(wheel.pop_due(at(20)), nullptr);
  EXPECT_TRUE(one.is_set());
}

TEST(TimingWheel, RoundsUpToAWholeMillisecond) {
  WheelTimer timer{Ssrc{1}};
  TimingWheel wheel(kStart);
  wheel.set(timer, at(5) + 1ns);
  EXPECT_EQ(wheel.pop_due(at(5) + 900us), nullptr);
  EXPECT_EQ(wheel.pop_due(at(6)), &timer);
}

TEST(TimingWheel, WhatIsLateAlreadyIsDueNow) {
  WheelTimer timer{Ssrc{1}};
  TimingWheel wheel(kStart);
  EXPECT_EQ(wheel.pop_due(at(100)), nullptr);
  wheel.set(timer, SteadyTime{});
  EXPECT_EQ(wheel.pop_due(at(100)), &timer);
}

TEST(TimingWheel, FindsADeadlineOfACoarserRingInTime) {
  WheelTimer far{Ssrc{1}};
  WheelTimer near{Ssrc{2}};
  TimingWheel wheel(kStart);
  wheel.set(far, at(300));  // beyond the finest ring
  EXPECT_EQ(wheel.pop_due(at(250)), nullptr);
  wheel.set(near, at(400));
  ASSERT_LE(*wheel.next_turn(), at(300));
  EXPECT_EQ(wheel.pop_due(at(299)), nullptr);
  EXPECT_EQ(wheel.pop_due(at(300)), &far);
}

TEST(TimingWheel, ATimerThatDiesIsForgotten) {
  TimingWheel wheel(kStart);
  {
    WheelTimer timer{Ssrc{1}};
    wheel.set(timer, at(5));
  }
  EXPECT_EQ(wheel.pop_due(at(50)), nullptr);
  EXPECT_EQ(wheel.next_turn(), std::nullopt);
}

TEST(TimingWheel, AgreesWithASortedMapOverManyRandomChanges) {
  std::mt19937 random(42);
  std::deque<WheelTimer> timers;
  for (std::uint32_t i = 0; i < 200; ++i) timers.emplace_back(Ssrc{i});
  TimingWheel wheel(kStart);
  std::map<std::uint32_t, std::int64_t> model;
  std::int64_t now = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto session = static_cast<std::uint32_t>(random() % timers.size());
    if (random() % 4 == 0) {
      wheel.set(timers[session], std::nullopt);
      model.erase(session);
    } else {
      // From the past to beyond the last ring (70 minutes).
      const std::int64_t span = std::int64_t{1} << (random() % 24);
      const std::int64_t when = now - 5 + static_cast<std::int64_t>(random()) % span;
      wheel.set(timers[session], at(when));
      model[session] = when;
    }
    if (random() % 8 != 0) continue;
    now += static_cast<std::int64_t>(random()) % (std::int64_t{1} << (random() % 20));
    while (const WheelTimer* due = wheel.pop_due(at(now))) {
      const auto found = model.find(number(due->session()));
      ASSERT_NE(found, model.end());
      ASSERT_LE(found->second, now);
      model.erase(found);
    }
    std::optional<std::int64_t> earliest;
    for (const auto& [ssrc, when] : model) {
      ASSERT_GT(when, now) << "missed";
      earliest = std::min(earliest.value_or(when), when);
    }
    const auto turn = wheel.next_turn();
    if (earliest) {
      ASSERT_LE(turn.value(), at(*earliest));
    }
  }
}

}  // namespace
}  // namespace earshot::gateway
