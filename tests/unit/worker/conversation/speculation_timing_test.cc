#include "worker/conversation/speculation_timing.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kSilence{600};
constexpr Milliseconds kTold{200};  // the recogniser has caught up

TEST(SpeculationTimingTest, TheMoreFinishedTheWordsLookTheSooner) {
  const SpeculationTiming timing(120ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, kTold), 60ms);
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence, kTold), 120ms);
  EXPECT_GT(timing.pause(Completeness::kUnfinished, 1000ms, kTold), 500ms);
}

TEST(SpeculationTimingTest, LearnsFromGuessesThatWereWasted) {
  SpeculationTiming timing(120ms);
  for (int i = 0; i < 3; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence, kTold), 420ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, kTold), 60ms);
  for (int i = 0; i < 100; ++i) timing.right();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence, kTold), 120ms);
}

TEST(SpeculationTimingTest, DoesNotGuessRightBeforeTheEnd) {
  SpeculationTiming timing(120ms);
  for (int i = 0; i < 100; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(Completeness::kUnknown, 500ms, kTold), 420ms);
  EXPECT_EQ(timing.pause(Completeness::kUnknown, kSilence, kTold), 520ms);
}

TEST(SpeculationTimingTest, WaitsForTheRecognisersLastWord) {
  SpeculationTiming timing(120ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, std::nullopt), 200ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, 50ms), 200ms) << "a word of before";
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, 190ms), 60ms) << "it has caught up";
}

TEST(SpeculationTimingTest, LearnsHowFarTheRecogniserLagsBehind) {
  SpeculationTiming timing(120ms);
  for (int i = 0; i < 20; ++i) timing.learn_lag(0ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, std::nullopt), 60ms) << "it needs no time at all";
  timing.learn_lag(300ms);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, std::nullopt), 360ms);
  timing.learn_lag(-10ms);
  timing.learn_lag(1h);
  EXPECT_EQ(timing.pause(Completeness::kFinished, kSilence, std::nullopt),
            kSilence - SpeculationTiming::kWorthIt);
}

TEST(SpeculationTimingTest, ZeroIsNever) {
  const SpeculationTiming timing(0ms);
  for (const auto words : {Completeness::kFinished, Completeness::kUnknown, Completeness::kUnfinished})
    EXPECT_EQ(timing.pause(words, kSilence, kTold), 0ms);
}

}  // namespace
}  // namespace earshot::worker
