#include "common/audio/voice_band.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <span>

#include "common/audio/opus_decoder.h"
#include "common/audio/resampler.h"

namespace earshot {
namespace {

using Band = OpusEncoderConfig::Band;

Pcm sine(int rate_hz, double hz, double peak, int ms) {
  Pcm pcm{.samples = {}, .sample_rate_hz = rate_hz};
  for (int i = 0; i < rate_hz / 1000 * ms; ++i) {
    pcm.samples.push_back(
        static_cast<std::int16_t>(peak * std::sin(2 * std::numbers::pi * hz * i / rate_hz)));
  }
  return pcm;
}

Pcm mixed(Pcm pcm, const Pcm& other) {
  for (std::size_t i = 0; i < pcm.samples.size(); ++i)
    pcm.samples[i] = static_cast<std::int16_t>(pcm.samples[i] + other.samples[i]);
  return pcm;
}

TEST(VoiceBand, OfASoundBelowEightKilohertzIsWide) {
  for (const int rate_hz : {24000, 48000}) {
    for (const double hz : {200.0, 3000.0, 7000.0, 7900.0}) {
      EXPECT_EQ(band_of(sine(rate_hz, hz, 10'000, 300)), Band::kWide) << rate_hz << " " << hz;
    }
  }
}

TEST(VoiceBand, OfASoundWithSomethingAboveIsAll) {
  for (const int rate_hz : {24000, 48000}) {
    const Pcm both = mixed(sine(rate_hz, 500, 8000, 300), sine(rate_hz, 10'000, 800, 300));
    EXPECT_EQ(band_of(both), Band::kAll) << rate_hz;
  }
}

// White noise made at 16 kHz has all there is up to 8 kHz, and nothing above.
TEST(VoiceBand, OfWhatWasMadeAtSixteenKilohertzIsWideAtAnyRate) {
  std::minstd_rand random(1);
  std::normal_distribution<double> white(0, 3000);
  Pcm noise{.samples = {}, .sample_rate_hz = 16000};
  for (int i = 0; i < 16000; ++i) noise.samples.push_back(static_cast<std::int16_t>(white(random)));
  EXPECT_EQ(band_of(resample(noise, 24000).value()), Band::kWide);
  EXPECT_EQ(band_of(resample(noise, 48000).value()), Band::kWide);
}

TEST(VoiceBand, OfSilenceAndOfFaintHissIsWide) {
  EXPECT_EQ(band_of(sine(24000, 10'000, 0, 300)), Band::kWide);
  EXPECT_EQ(band_of(sine(24000, 10'000, 8, 300)), Band::kWide);
}

TEST(VoiceBand, StaysForTwoSecondsBehindTheLastHighSound) {
  VoiceBand band(24000);
  const Pcm high = sine(24000, 10'000, 5000, 60);
  const Pcm low = sine(24000, 500, 5000, 60);
  EXPECT_EQ(band.of(low.samples), Band::kWide);
  EXPECT_EQ(band.of(high.samples), Band::kAll);  // its own frame has it already
  for (int ms = 60; ms < 2000; ms += 60) EXPECT_EQ(band.of(low.samples), Band::kAll) << ms;
  EXPECT_EQ(band.of(low.samples), Band::kWide);
}

TEST(VoiceBand, IsForgottenByReset) {
  VoiceBand band(24000);
  band.of(sine(24000, 10'000, 5000, 60).samples);
  band.reset();
  EXPECT_EQ(band.of(sine(24000, 500, 5000, 60).samples), Band::kWide);
}

// A rate with no room above 8 kHz: nothing to decide, the encoder's own choice stays.
TEST(VoiceBand, IsLeftToTheEncoderBelowItsRates) {
  EXPECT_EQ(band_of(sine(16000, 500, 5000, 120)), Band::kAll);
}

double energy_above_eight(const Bytes& packet, OpusDecoder& decoder) {
  const Pcm pcm = decoder.decode(packet).value();
  double real = 0;
  double imaginary = 0;
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * 10'000 * static_cast<double>(i) / 24000;
    real += pcm.samples[i] * std::cos(angle);
    imaginary += pcm.samples[i] * std::sin(angle);
  }
  return std::hypot(real, imaginary) / static_cast<double>(pcm.samples.size());
}

TEST(OpusEncoder, CodesOnlyTheBandThatItIsTold) {
  const Pcm tone = mixed(sine(24000, 500, 4000, 60), sine(24000, 10'000, 6000, 60));
  for (const Band band : {Band::kWide, Band::kAll}) {
    auto encoder = OpusEncoder::create(downlink_opus(24000, 60)).value();
    auto decoder = OpusDecoder::create(24000, 60).value();
    encoder.set_effort(downlink_effort(band));
    double high = 0;
    for (int i = 0; i < 10; ++i) high = energy_above_eight(encoder.encode(tone.samples).value(), decoder);
    if (band == Band::kWide) {
      EXPECT_LT(high, 50);
    } else {
      EXPECT_GT(high, 500);
    }
  }
}

}  // namespace
}  // namespace earshot
