#include "worker/conversation/speculation_timing.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kSilence{600};

TEST(SpeculationTimingTest, TheMoreFinishedTheWordsLookTheSooner) {
  const SpeculationTiming timing(120ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence), 60ms);
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence), 120ms);
  EXPECT_GT(timing.pause(Completeness::kUnfinished, 1000ms), 500ms);
}

TEST(SpeculationTimingTest, LearnsFromGuessesThatWereWasted) {
  SpeculationTiming timing(120ms);
  for (int i = 0; i < 3; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence), 420ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence), 60ms);
  for (int i = 0; i < 100; ++i) timing.right();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence), 120ms);
}

TEST(SpeculationTimingTest, DoesNotGuessRightBeforeTheEnd) {
  SpeculationTiming timing(120ms);
  for (int i = 0; i < 100; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, 500ms), 420ms);
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence), 520ms);
}

TEST(SpeculationTimingTest, ZeroIsNever) {
  const SpeculationTiming timing(0ms);
  for (const auto words : {Completeness::kFinished, Completeness::kUnknown, Completeness::kUnfinished})
    EXPECT_EQ(timing.pause(words, kSilence), 0ms);
}

}  // namespace
}  // namespace earshot::worker
