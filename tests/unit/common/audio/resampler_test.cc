#include "common/audio/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace earshot {
namespace {

Pcm tone_clip(int rate_hz, int ms) {
  Pcm pcm{.samples = std::vector<std::int16_t>(static_cast<std::size_t>(rate_hz) *
                                               static_cast<std::size_t>(ms) / 1000),
          .sample_rate_hz = rate_hz};
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    const double turns = 440.0 * static_cast<double>(i) / rate_hz;
    pcm.samples[i] = static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * turns));
  }
  return pcm;
}

// Upward zero crossings a second.
double pitch_hz(const Pcm& pcm) {
  int crossings = 0;
  for (std::size_t i = 1; i < pcm.samples.size(); ++i)
    crossings += pcm.samples[i - 1] < 0 && pcm.samples[i] >= 0;
  return crossings * double{1} * pcm.sample_rate_hz / static_cast<double>(pcm.samples.size());
}

struct Rates {
  int from_hz;
  int to_hz;
};
class ResamplerRates : public testing::TestWithParam<Rates> {};

TEST_P(ResamplerRates, KeepsLengthAndPitch) {
  const auto [from_hz, to_hz] = GetParam();
  const Pcm out = resample(tone_clip(from_hz, 1000), to_hz).value();
  EXPECT_EQ(out.sample_rate_hz, to_hz);
  EXPECT_NEAR(static_cast<double>(out.samples.size()), to_hz, to_hz * 0.002);
  EXPECT_NEAR(pitch_hz(out), 440, 2);
}

INSTANTIATE_TEST_SUITE_P(All, ResamplerRates,
                         testing::Values(Rates{16000, 24000}, Rates{22050, 24000}, Rates{24000, 16000},
                                         Rates{44100, 16000}, Rates{16000, 16000}, Rates{8000, 48000}));

TEST(Resampler, GivesTheSameInPiecesAsAtOnce) {
  const Pcm clip = tone_clip(22050, 500);
  const Pcm whole = resample(clip, 24000).value();
  auto resampler = Resampler::create(22050, 24000).value();
  std::vector<std::int16_t> pieces;
  for (std::size_t at = 0; at < clip.samples.size(); at += 77) {
    const auto piece =
        std::span(clip.samples).subspan(at, std::min<std::size_t>(77, clip.samples.size() - at));
    const auto made = resampler.process(piece);
    pieces.insert(pieces.end(), made.begin(), made.end());
  }
  const auto rest = resampler.flush();
  pieces.insert(pieces.end(), rest.begin(), rest.end());
  ASSERT_EQ(pieces.size(), whole.samples.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) EXPECT_NEAR(pieces[i], whole.samples[i], 2);
}

TEST(Resampler, BeginsANewStreamAfterFlush) {
  const Pcm clip = tone_clip(22050, 300);
  auto resampler = Resampler::create(22050, 24000).value();
  const auto render = [&] {
    auto out = resampler.process(clip.samples);
    const auto rest = resampler.flush();
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  };
  const auto first = render();
  const auto second = render();
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(first[i], second[i], 2);
}

TEST(Resampler, TakesAnEmptyPieceForNoPiece) {
  auto resampler = Resampler::create(22050, 24000).value();
  EXPECT_TRUE(resampler.process({}).empty());
  const Pcm clip = tone_clip(22050, 300);
  auto out = resampler.process(clip.samples);
  const auto rest = resampler.flush();
  EXPECT_NEAR(static_cast<double>(out.size() + rest.size()), 7200, 20);
}

TEST(Resampler, RefusesRatesOutOfRange) {
  EXPECT_FALSE(Resampler::create(0, 16000).ok());
  EXPECT_FALSE(Resampler::create(16000, -1).ok());
  EXPECT_FALSE(Resampler::create(16000, 1'000'000).ok());
}

}  // namespace
}  // namespace earshot
