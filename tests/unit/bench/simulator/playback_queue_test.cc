#include "bench/simulator/playback_queue.h"

#include <gtest/gtest.h>

#include <chrono>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;

class PlaybackQueueTest : public testing::Test {
 protected:
  bool push(std::uint32_t sequence, milliseconds at) {
    return queue_.push({.opus = {}, .sequence = sequence}, time(at));
  }
  static SteadyTime time(milliseconds at) { return SteadyTime(std::chrono::seconds(5)) + at; }

  PlaybackQueue queue_{milliseconds(60)};
};

TEST_F(PlaybackQueueTest, PlaysOneFramePerFrameTime) {
  for (std::uint32_t n = 1; n <= 3; ++n) push(n, milliseconds(0));
  const auto played = queue_.advance(time(milliseconds(119)));
  ASSERT_EQ(played.size(), 2U);
  EXPECT_EQ(played[0].at, time(milliseconds(0)));
  EXPECT_EQ(played[1].at, time(milliseconds(60)));
  EXPECT_EQ(played[1].frame.sequence, 2U);
  EXPECT_FALSE(queue_.drained(time(milliseconds(119))));
}

TEST_F(PlaybackQueueTest, IsDrainedWhenTheLastFrameHasSounded) {
  push(1, milliseconds(0));
  queue_.advance(time(milliseconds(59)));
  EXPECT_FALSE(queue_.drained(time(milliseconds(59))));
  EXPECT_TRUE(queue_.drained(time(milliseconds(60))));
}

TEST_F(PlaybackQueueTest, MarksAGapWhenItRanDry) {
  push(1, milliseconds(0));
  push(2, milliseconds(100));
  push(3, milliseconds(150));
  const auto played = queue_.advance(time(milliseconds(300)));
  ASSERT_EQ(played.size(), 3U);
  EXPECT_FALSE(played[0].gap);
  EXPECT_TRUE(played[1].gap);
  EXPECT_EQ(played[1].at, time(milliseconds(100)));
  EXPECT_FALSE(played[2].gap);
  EXPECT_EQ(played[2].at, time(milliseconds(160)));
}

TEST_F(PlaybackQueueTest, DropsTheNewestFrameWhenFortyWait) {
  // One sounds, two are decoded, forty wait.
  for (std::uint32_t n = 1; n <= 43; ++n) EXPECT_TRUE(push(n, milliseconds(0))) << n;
  EXPECT_FALSE(push(44, milliseconds(59)));
  EXPECT_TRUE(push(45, milliseconds(60)));
}

TEST_F(PlaybackQueueTest, HoldsFortyPacketsOfAnyDuration) {
  PlaybackQueue shorter{milliseconds(20)};
  for (std::uint32_t n = 1; n <= 43; ++n)
    EXPECT_TRUE(shorter.push({.opus = {}, .sequence = n}, time(milliseconds(0))));
  EXPECT_FALSE(shorter.push({.opus = {}, .sequence = 44}, time(milliseconds(19))));
}

TEST_F(PlaybackQueueTest, FlushLosesWhatWaitsButNotWhatSounds) {
  for (std::uint32_t n = 1; n <= 5; ++n) push(n, milliseconds(0));
  EXPECT_EQ(queue_.flush(time(milliseconds(70))), 3U);
  EXPECT_EQ(queue_.advance(time(milliseconds(500))).size(), 2U);
  EXPECT_FALSE(queue_.drained(time(milliseconds(119))));
  EXPECT_TRUE(queue_.drained(time(milliseconds(120))));
}

TEST_F(PlaybackQueueTest, ASilenceBeforeANewSpeechIsNoGap) {
  push(1, milliseconds(0));
  queue_.flush(time(milliseconds(500)));
  push(2, milliseconds(600));
  const auto played = queue_.advance(time(milliseconds(700)));
  ASSERT_EQ(played.size(), 2U);
  EXPECT_FALSE(played[1].gap);
}

TEST_F(PlaybackQueueTest, HoldsHalfAsMuchOnNewerFirmware) {
  queue_ = PlaybackQueue(milliseconds(60), 20);
  std::uint32_t taken = 0;
  while (push(taken + 1, milliseconds(0))) ++taken;
  EXPECT_EQ(taken, 23U) << "one sounds, two are decoded";
  EXPECT_TRUE(queue_.full());
}

}  // namespace
}  // namespace earshot::simulator
