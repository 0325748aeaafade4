#include "worker/hearing/speech_level.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace earshot::worker {
namespace {

std::vector<std::int16_t> square_wave(std::size_t samples, int amplitude) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i)
    pcm[i] = static_cast<std::int16_t>(i % 2 == 0 ? amplitude : -amplitude);
  return pcm;
}

TEST(SpeechLevel, IsRelativeToFullScale) {
  EXPECT_NEAR(level_db(square_wave(320, 32767)), 0, 0.01);
  EXPECT_NEAR(level_db(square_wave(320, 3277)), -20, 0.01);
  EXPECT_EQ(level_db(square_wave(320, 0)), kSilenceDb);
  EXPECT_EQ(level_db({}), kSilenceDb);
}

TEST(SpeechLevel, FindsTheLoudestTenthOfASecondInAnyPieces) {
  for (const std::size_t piece : {1U, 100U, 480U, 2400U}) {
    SpeechLevel level;
    for (const int amplitude : {327, 3277, 327}) {
      const auto pcm = square_wave(2400, amplitude);  // 100 ms at 24 kHz
      for (std::size_t at = 0; at < pcm.size(); at += piece) {
        level.add(std::span(pcm).subspan(at, std::min(piece, pcm.size() - at)), 24'000);
      }
    }
    EXPECT_NEAR(level.loudest_db(), -20, 0.01) << piece;
  }
}

TEST(SpeechLevel, TakesAShortSoundForNoTenth) {
  SpeechLevel level;
  level.add(square_wave(320, 32767), 16'000);  // 20 ms of 100
  EXPECT_NEAR(level.loudest_db(), -7, 0.1);
}

TEST(SpeechLevel, SaysWhenItRises) {
  SpeechLevel level;
  EXPECT_TRUE(level.add(square_wave(1600, 1000), 16'000));
  EXPECT_FALSE(level.add(square_wave(1600, 900), 16'000));
  EXPECT_TRUE(level.add(square_wave(1600, 1100), 16'000));
  level.reset();
  EXPECT_EQ(level.loudest_db(), kSilenceDb);
}

}  // namespace
}  // namespace earshot::worker
