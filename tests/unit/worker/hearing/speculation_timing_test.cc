#include "worker/hearing/speculation_timing.h"

#include <gtest/gtest.h>

#include "worker/hearing/recogniser_lag.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kSilence{600};
constexpr Milliseconds kTold{200};  // the recogniser has caught up

SpeculationTiming::Words streamed(Completeness look, std::optional<Milliseconds> last_word) {
  return {.look = look, .streamed = true, .last_word = last_word};
}

TEST(SpeculationTimingTest, TheMoreFinishedTheWordsLookTheSooner) {
  const SpeculationTiming timing(120ms, RecogniserLag::kFirst);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, kTold), kSilence), 60ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, kTold), kSilence), 120ms);
  EXPECT_GT(timing.pause(streamed(Completeness::kUnfinished, kTold), 1000ms), 500ms);
}

TEST(SpeculationTimingTest, LearnsFromGuessesThatWereWasted) {
  SpeculationTiming timing(120ms, RecogniserLag::kFirst);
  for (int i = 0; i < 3; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, kTold), kSilence), 420ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, kTold), kSilence), 60ms);
  for (int i = 0; i < 100; ++i) timing.right();
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, kTold), kSilence), 120ms);
}

TEST(SpeculationTimingTest, DoesNotGuessRightBeforeTheEnd) {
  SpeculationTiming timing(120ms, RecogniserLag::kFirst);
  for (int i = 0; i < 100; ++i) timing.wasted();
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, kTold), 500ms), 420ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, kTold), kSilence), 520ms);
}

TEST(SpeculationTimingTest, WaitsForTheRecognisersLastWord) {
  SpeculationTiming timing(120ms, RecogniserLag::kFirst);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, std::nullopt), kSilence), 200ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, 40ms), kSilence), 200ms) << "a word of before";
  EXPECT_EQ(timing.pause(streamed(Completeness::kUnknown, 50ms), kSilence), 120ms) << "it has caught up";
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, 20ms), kSilence), 60ms) << "nothing is missing";
}

TEST(SpeculationTimingTest, LearnsHowFarTheRecogniserLagsBehind) {
  SpeculationTiming timing(120ms, RecogniserLag::kFirst);
  for (int i = 0; i < 20; ++i) timing.learn_lag(0ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, std::nullopt), kSilence), 60ms)
      << "it needs no time at all";
  timing.learn_lag(300ms);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, std::nullopt), kSilence), 360ms);
  timing.learn_lag(-10ms);
  timing.learn_lag(1h);
  EXPECT_EQ(timing.pause(streamed(Completeness::kFinished, std::nullopt), kSilence),
            kSilence - SpeculationTiming::kWorthIt);
}

TEST(SpeculationTimingTest, ARecogniserThatIsAskedInThePauseIsNotWaitedFor) {
  const SpeculationTiming timing(120ms, 300ms);
  EXPECT_EQ(timing.pause({}, kSilence), 120ms);
}

TEST(SpeculationTimingTest, ZeroIsNever) {
  const SpeculationTiming timing(0ms, RecogniserLag::kFirst);
  for (const auto words : {Completeness::kFinished, Completeness::kUnknown, Completeness::kUnfinished})
    EXPECT_EQ(timing.pause(streamed(words, kTold), kSilence), 0ms);
}

}  // namespace
}  // namespace earshot::worker
