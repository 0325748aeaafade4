#include "worker/providers/asr/utterance_noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace earshot::worker {
namespace {

// A second of sound between two halves of a second without, and white noise of `noise_rms` on all of it.
std::vector<std::int16_t> utterance(double speech_rms, double noise_rms) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 1);
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 32'000; ++i) {
    const bool spoken = i >= 8000 && i < 24'000;
    const double speech = spoken ? speech_rms * std::sqrt(2.0) * std::sin(i * 0.3) : 0;
    samples.push_back(static_cast<std::int16_t>(speech + noise_rms * noise(random)));
  }
  return samples;
}

TEST(UtteranceNoise, IsTheDistanceOfSpeechAndNoise) {
  EXPECT_NEAR(speech_over_noise_db(utterance(2000, 20)), 40, 2);
  EXPECT_NEAR(speech_over_noise_db(utterance(2000, 200)), 20, 2);
  EXPECT_NEAR(speech_over_noise_db(utterance(2000, 632)), 10, 2);
}

TEST(UtteranceNoise, DoesNotDependOnTheLevel) {
  EXPECT_NEAR(speech_over_noise_db(utterance(200, 20)), speech_over_noise_db(utterance(4000, 400)), 1);
}

TEST(UtteranceNoise, TakesSilenceAndScraps) {
  EXPECT_EQ(speech_over_noise_db({}), 0);
  EXPECT_EQ(speech_over_noise_db(std::vector<std::int16_t>(3000, 500)), 0);
  EXPECT_EQ(speech_over_noise_db(std::vector<std::int16_t>(16'000, 0)), 0);
  EXPECT_GT(speech_over_noise_db(utterance(2000, 0)), 60);
}

}  // namespace
}  // namespace earshot::worker
