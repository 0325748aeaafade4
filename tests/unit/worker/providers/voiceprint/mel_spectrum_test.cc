#include "worker/providers/voiceprint/mel_spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earshot::worker {
namespace {

std::vector<float> tone(double hz, std::size_t samples) {
  std::vector<float> all(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    all[i] = static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000));
  }
  return all;
}

std::size_t loudest_band(const std::vector<float>& bands, std::size_t piece) {
  const auto first = bands.begin() + static_cast<std::ptrdiff_t>(piece * MelSpectrum::kBands);
  return static_cast<std::size_t>(std::max_element(first, first + MelSpectrum::kBands) - first);
}

TEST(MelSpectrum, HearsATonesPlaceOnTheScale) {
  // Bands are 1.1 of 45.2 mel wide; 1 kHz is 15 mel, 4 kHz 35.2 by Slaney's scale.
  const MelSpectrum spectrum;
  EXPECT_EQ(loudest_band(spectrum.of(tone(1000, 16000)), 50), 13U);
  EXPECT_EQ(loudest_band(spectrum.of(tone(4000, 16000)), 50), 31U);
}

TEST(MelSpectrum, HasAPieceEachTenMilliseconds) {
  const MelSpectrum spectrum;
  EXPECT_EQ(spectrum.of({}).size(), MelSpectrum::kBands);
  EXPECT_EQ(spectrum.of(tone(500, 159)).size(), MelSpectrum::kBands);
  EXPECT_EQ(spectrum.of(tone(500, 1600)).size(), 11 * MelSpectrum::kBands);
  const auto silence = spectrum.of(std::vector<float>(1600));
  EXPECT_EQ(*std::ranges::max_element(silence), 0);
}

TEST(MelSpectrum, GrowsWithTheSquareOfTheLevel) {
  const MelSpectrum spectrum;
  const auto loud = spectrum.of(tone(700, 3200));
  auto quiet_tone = tone(700, 3200);
  for (float& sample : quiet_tone) sample /= 4;
  const auto quiet = spectrum.of(quiet_tone);
  const std::size_t at = 10 * MelSpectrum::kBands + loudest_band(loud, 10);
  EXPECT_NEAR(loud[at] / quiet[at], 16, 0.01);
}

}  // namespace
}  // namespace earshot::worker
