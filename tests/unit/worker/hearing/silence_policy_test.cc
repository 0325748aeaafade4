#include "worker/hearing/silence_policy.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

class SilencePolicyTest : public testing::Test {
 protected:
  Milliseconds after(int pauses, Milliseconds length) {
    for (int i = 0; i < pauses; ++i) policy_.on_pause(length);
    return policy_.silence(Completeness::kUnknown);
  }
  SilencePolicy policy_{SilencePolicyConfig{}};
};

TEST_F(SilencePolicyTest, StartsWithTheNominalSilence) {
  EXPECT_EQ(policy_.silence(Completeness::kUnknown), 600ms);
}

TEST_F(SilencePolicyTest, WordsMoveItWithinTheBounds) {
  EXPECT_EQ(policy_.silence(Completeness::kFinished), 500ms);
  EXPECT_EQ(policy_.silence(Completeness::kUnfinished), 1000ms);
}

TEST_F(SilencePolicyTest, FluentSpeechShortensItToTheMinimum) {
  EXPECT_EQ(after(10, 250ms), 500ms);
  EXPECT_EQ(after(10, 240ms), 400ms);
  EXPECT_EQ(after(100, 200ms), 400ms);
  EXPECT_EQ(policy_.silence(Completeness::kFinished), 400ms);
}

TEST_F(SilencePolicyTest, HesitantSpeechLengthensItToTheMaximum) {
  EXPECT_EQ(after(1, 500ms), 650ms);
  EXPECT_EQ(after(1, 640ms), 750ms) << "a pause moves it by 100 ms at most";
  EXPECT_EQ(after(100, 900ms), 1000ms);
}

TEST_F(SilencePolicyTest, OneLongPauseAmongShortOnesDoesNotRule) {
  after(20, 200ms);
  EXPECT_EQ(after(1, 900ms), 500ms);
  EXPECT_EQ(after(10, 200ms), 400ms);
}

TEST_F(SilencePolicyTest, SettlesWhereOnePauseInElevenComesClose) {
  after(20, 200ms);
  for (int round = 0; round < 20; ++round) {
    after(10, 250ms);
    after(1, 450ms);
  }
  EXPECT_GE(policy_.silence(Completeness::kUnknown), 450ms);
  EXPECT_LE(policy_.silence(Completeness::kUnknown), 600ms);
}

TEST_F(SilencePolicyTest, StaysWithinItsBoundsWhateverComes) {
  EXPECT_EQ(after(50, Milliseconds::max()), 1000ms);
  EXPECT_EQ(after(100, Milliseconds::min()), 400ms);
}

TEST(SilencePolicy, EqualBoundsSwitchItOff) {
  SilencePolicy policy({.nominal = 700ms, .min = 700ms, .max = 700ms});
  for (int i = 0; i < 20; ++i) policy.on_pause(200ms);
  for (const auto words : {Completeness::kUnknown, Completeness::kFinished, Completeness::kUnfinished}) {
    EXPECT_EQ(policy.silence(words), 700ms);
  }
}

TEST(SilencePolicy, BoundsGiveWayToTheNominalSilence) {
  const SilencePolicy policy({.nominal = 1500ms, .min = 1800ms, .max = 1000ms});
  EXPECT_EQ(policy.silence(Completeness::kUnknown), 1500ms);
  EXPECT_EQ(policy.silence(Completeness::kUnfinished), 1500ms);
}

TEST(SilencePolicy, GoesOnFromAnEstimateWithinItsBounds) {
  SilencePolicy policy({});
  policy.go_on(720ms);
  EXPECT_EQ(policy.speaker(), 720ms);
  EXPECT_EQ(policy.silence(Completeness::kUnknown), 720ms);
  policy.go_on(9s);
  EXPECT_EQ(policy.speaker(), 1000ms);
  policy.go_on(1ms);
  EXPECT_EQ(policy.speaker(), 400ms);
}

}  // namespace
}  // namespace earshot::worker
