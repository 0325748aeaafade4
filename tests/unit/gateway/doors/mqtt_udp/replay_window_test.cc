#include "gateway/doors/mqtt_udp/replay_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

class ReplayWindowTest : public ::testing::Test {
 protected:
  ReplayVerdict take(std::uint32_t sequence, Content content = Content::kSound) {
    return window_.take(sequence, content, now_);
  }
  // One packet each 60 ms, all fresh.
  void hear(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t sequence = from; sequence <= to; ++sequence) {
      now_ += 60ms;
      ASSERT_EQ(take(sequence), ReplayVerdict::kFresh) << sequence;
    }
  }

  SteadyTime now_{1h};
  ReplayWindow window_{now_, 60ms};
};

TEST_F(ReplayWindowTest, TakesEachSequenceOnce) {
  hear(1, 10);
  for (std::uint32_t sequence = 1; sequence <= 10; ++sequence) {
    EXPECT_EQ(take(sequence), ReplayVerdict::kDuplicate) << sequence;
  }
}

TEST_F(ReplayWindowTest, RefusesZero) {
  EXPECT_EQ(take(0), ReplayVerdict::kZero);
}

TEST_F(ReplayWindowTest, AcceptsALateDatagramInsideTheWindow) {
  hear(1, 36);
  ASSERT_EQ(take(100), ReplayVerdict::kFresh);
  EXPECT_EQ(take(37), ReplayVerdict::kFresh);
  EXPECT_EQ(take(37), ReplayVerdict::kDuplicate);
}

TEST_F(ReplayWindowTest, RefusesWhatTheWindowHasPassed) {
  hear(1, 100);
  EXPECT_EQ(take(37), ReplayVerdict::kDuplicate);
  EXPECT_EQ(take(36), ReplayVerdict::kTooOld);
}

TEST_F(ReplayWindowTest, AcceptsAnyOrderInsideTheWindow) {
  std::mt19937 random(7);
  std::vector<std::uint32_t> sequences;
  for (std::uint32_t i = 1; i <= 640; ++i) sequences.push_back(i);
  for (std::size_t at = 0; at < sequences.size(); at += 32) {
    std::shuffle(sequences.begin() + static_cast<std::ptrdiff_t>(at),
                 sequences.begin() + static_cast<std::ptrdiff_t>(at + 32), random);
  }
  now_ += 60s;
  for (const auto sequence : sequences) ASSERT_EQ(take(sequence), ReplayVerdict::kFresh) << sequence;
}

TEST_F(ReplayWindowTest, OneSpoofedDatagramDoesNotMuteTheSession) {
  for (const std::uint32_t spoofed : {0xFFFFFFFFU, 0x80000000U, 20'000U, 400U, 165U, 164U, 101U}) {
    ReplayWindow window(now_, 60ms);
    SteadyTime now = now_;
    for (std::uint32_t sequence = 1; sequence <= 100; ++sequence)
      window.take(sequence, Content::kSound, now += 60ms);

    window.take(spoofed, Content::kSound, now);

    for (std::uint32_t sequence = 101; sequence <= 300; ++sequence) {
      const auto verdict = window.take(sequence, Content::kSound, now += 60ms);
      if (sequence == spoofed) continue;
      EXPECT_EQ(verdict, ReplayVerdict::kFresh) << sequence << " after " << spoofed;
    }
  }
}

TEST_F(ReplayWindowTest, SpoofedDatagramsThatCreepAheadLoseAFewPacketsOnly) {
  hear(1, 100);
  take(164);
  take(228);
  take(292);
  int refused = 0;
  for (std::uint32_t sequence = 101; sequence <= 160; ++sequence) {
    now_ += 60ms;
    if (take(sequence) != ReplayVerdict::kFresh) ++refused;
  }
  EXPECT_LE(refused, 3);
}

TEST_F(ReplayWindowTest, FollowsTheDeviceOverALongLoss) {
  hear(1, 100);
  now_ += 12s;  // 200 packets sent, all lost
  EXPECT_EQ(take(301), ReplayVerdict::kUnconfirmed);
  EXPECT_EQ(take(302), ReplayVerdict::kUnconfirmed);
  EXPECT_EQ(take(303), ReplayVerdict::kUnconfirmed);
  hear(304, 320);
}

TEST_F(ReplayWindowTest, RecordedPacketsStayUselessAfterAJump) {
  hear(1, 200);
  now_ += 12s;
  for (std::uint32_t sequence = 400; sequence < 410; ++sequence) take(sequence);
  for (std::uint32_t sequence = 1; sequence <= 200; ++sequence) {
    EXPECT_NE(take(sequence), ReplayVerdict::kFresh) << sequence;
  }
}

TEST_F(ReplayWindowTest, DatagramsThatTellNothingConfirmNoJump) {
  hear(1, 60);
  now_ += 60s;
  for (std::uint32_t sequence = 608; sequence < 700; ++sequence) {
    EXPECT_EQ(take(sequence, Content::kNothing), ReplayVerdict::kUnconfirmed) << sequence;
  }
  hear(61, 200);
}

TEST_F(ReplayWindowTest, DatagramsThatTellNothingMoveItByALossAtMost) {
  hear(1, 10);
  EXPECT_EQ(take(10 + ReplayWindow::kMaxStep, Content::kNothing), ReplayVerdict::kFresh);
  EXPECT_EQ(take(19 + ReplayWindow::kMaxStep, Content::kNothing), ReplayVerdict::kUnconfirmed);
}

TEST_F(ReplayWindowTest, GoesOnWhereTheDeviceWasFoundAgain) {
  hear(1, 100);
  now_ += 12s;
  window_.go_on_from(200);
  EXPECT_EQ(take(200), ReplayVerdict::kDuplicate);
  EXPECT_EQ(take(100), ReplayVerdict::kTooOld) << "recorded packets stay useless";
  EXPECT_EQ(take(101), ReplayVerdict::kTooOld);
  EXPECT_EQ(take(190), ReplayVerdict::kDuplicate);
  hear(201, 210);
}

TEST_F(ReplayWindowTest, BeginsAnewWhenItWasNotTheDevice) {
  hear(1, 100);
  window_.begin_anew();
  hear(1, 100);
}

TEST_F(ReplayWindowTest, RefusesMoreThanTheDeviceCanHaveSent) {
  hear(1, 10);
  EXPECT_EQ(take(100'000), ReplayVerdict::kImplausible);
  EXPECT_EQ(take(0xFFFFFFFF), ReplayVerdict::kImplausible);
}

TEST_F(ReplayWindowTest, NeverTakesASequenceTwiceWhateverComes) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    ReplayWindow window(now_, 60ms);
    SteadyTime now = now_;
    std::set<std::uint32_t> honest_taken;
    std::uint32_t next = 1;
    for (int round = 0; round < 3000; ++round) {
      now += 20ms;
      if (random() % 3 == 0) {  // the device, with losses
        next += static_cast<std::uint32_t>(1 + (random() % 20 == 0 ? random() % 90 : 0));
        if (window.take(next, Content::kSound, now) == ReplayVerdict::kFresh) honest_taken.insert(next);
      } else if (!honest_taken.empty()) {  // a replay of what was heard
        auto replayed = honest_taken.lower_bound(static_cast<std::uint32_t>(random() % (next + 1)));
        if (replayed == honest_taken.end()) continue;
        ASSERT_NE(window.take(*replayed, Content::kSound, now), ReplayVerdict::kFresh)
            << *replayed << " seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace earshot::gateway
