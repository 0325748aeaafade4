#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "common/audio/opus_decoder.h"
#include "common/audio/opus_encoder.h"

namespace earshot {
namespace {

std::vector<std::int16_t> tone(int rate_hz, int ms, double amplitude) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(samples_per_frame(rate_hz, ms)));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double turns = 300.0 * static_cast<double>(i) / rate_hz;
    samples[i] = static_cast<std::int16_t>(amplitude * std::sin(2 * std::numbers::pi * turns));
  }
  return samples;
}

double rms(const std::vector<std::int16_t>& samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += double{1} * sample * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

struct Shape {
  int rate_hz;
  int frame_ms;
};
class OpusShapes : public testing::TestWithParam<Shape> {};

TEST_P(OpusShapes, CarriesATone) {
  const auto [rate_hz, frame_ms] = GetParam();
  auto encoder = OpusEncoder::create(downlink_opus(rate_hz, frame_ms)).value();
  auto decoder = OpusDecoder::create(rate_hz, frame_ms).value();
  const auto sent = tone(rate_hz, frame_ms * 10, 8000);
  std::vector<std::int16_t> heard;
  const auto frame = static_cast<std::size_t>(encoder.frame_samples());
  for (std::size_t at = 0; at < sent.size(); at += frame) {
    const Bytes packet = encoder.encode(std::span(sent).subspan(at, frame)).value();
    const Pcm pcm = decoder.decode(packet).value();
    EXPECT_EQ(pcm.samples.size(), frame);
    EXPECT_EQ(pcm.sample_rate_hz, rate_hz);
    heard.insert(heard.end(), pcm.samples.begin(), pcm.samples.end());
  }
  EXPECT_NEAR(rms(heard), rms(sent), rms(sent) * 0.3);
}

// Device-protocol 7.2: the rates and durations that a device takes.
INSTANTIATE_TEST_SUITE_P(All, OpusShapes,
                         testing::Values(Shape{8000, 60}, Shape{12000, 60}, Shape{16000, 20},
                                         Shape{16000, 40}, Shape{16000, 60}, Shape{24000, 5},
                                         Shape{24000, 10}, Shape{24000, 60}, Shape{24000, 80},
                                         Shape{24000, 100}, Shape{24000, 120}, Shape{48000, 60}));

TEST(OpusEncoder, RefusesWhatNoDeviceTakes) {
  EXPECT_FALSE(OpusEncoder::create(downlink_opus(24000, 30)).ok());
  EXPECT_FALSE(OpusEncoder::create(downlink_opus(22050, 60)).ok());
  EXPECT_FALSE(OpusEncoder::create(downlink_opus(24000, 60, 11)).ok());
}

TEST(OpusEncoder, KeepsToItsBitrate) {
  auto config = downlink_opus(24000, 60);
  config.bitrate_bps = 24000;
  auto encoder = OpusEncoder::create(config).value();
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 3000);
  std::size_t bytes = 0;
  for (int i = 0; i < 50; ++i) {
    std::vector<std::int16_t> frame(static_cast<std::size_t>(encoder.frame_samples()));
    for (auto& sample : frame) sample = static_cast<std::int16_t>(noise(random));
    bytes += encoder.encode(frame).value().size();
  }
  EXPECT_LT(static_cast<double>(bytes) * 8 / 3.0, 24000 * 1.3);
}

TEST(OpusEncoder, SendsAlmostNothingForSilenceAsADevice) {
  auto encoder = OpusEncoder::create(device_uplink_opus()).value();
  const std::vector<std::int16_t> silence(static_cast<std::size_t>(encoder.frame_samples()), 0);
  Bytes packet;
  for (int i = 0; i < 15; ++i) packet = encoder.encode(silence).value();
  EXPECT_LE(packet.size(), 3u);
}

TEST(OpusDecoder, TakesAnEmptyPacketForSilence) {
  auto decoder = OpusDecoder::create(16000, 60).value();
  const Pcm pcm = decoder.decode({}).value();
  EXPECT_EQ(pcm.samples.size(), 960u);
  EXPECT_LT(rms(pcm.samples), 10);
}

TEST(OpusDecoder, FadesOutWhileFramesAreLost) {
  auto encoder = OpusEncoder::create(device_uplink_opus()).value();
  auto decoder = OpusDecoder::create(16000, 60).value();
  const auto sent = tone(16000, 600, 8000);
  for (std::size_t at = 0; at < sent.size(); at += 960) {
    (void)decoder.decode(encoder.encode(std::span(sent).subspan(at, 960)).value()).value();
  }
  const double first = rms(decoder.conceal().samples);
  double last = first;
  for (int i = 0; i < 20; ++i) last = rms(decoder.conceal().samples);
  EXPECT_GT(first, 500);
  EXPECT_LT(last, first / 10);
}

TEST(OpusDecoder, ForgetsTheStreamOnReset) {
  auto encoder = OpusEncoder::create(device_uplink_opus()).value();
  auto decoder = OpusDecoder::create(16000, 60).value();
  const auto sent = tone(16000, 600, 8000);
  for (std::size_t at = 0; at < sent.size(); at += 960) {
    (void)decoder.decode(encoder.encode(std::span(sent).subspan(at, 960)).value()).value();
  }
  decoder.reset();
  EXPECT_LT(rms(decoder.conceal().samples), 10);
}

TEST(OpusDecoder, RefusesAnOversizedPacket) {
  auto decoder = OpusDecoder::create(16000, 60).value();
  const auto verdict = decoder.decode(Bytes(OpusDecoder::kMaxPacketBytes + 1, 0));
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().code, ErrorCode::kTooLarge);
}

TEST(OpusDecoder, RefusesRatesAndFramesThatOpusHasNot) {
  EXPECT_FALSE(OpusDecoder::create(44100, 60).ok());
  EXPECT_FALSE(OpusDecoder::create(16000, 0).ok());
  EXPECT_FALSE(OpusDecoder::create(16000, 125).ok());
}

TEST(OpusDecoder, SurvivesGarbageAndThenHearsAgain) {
  auto encoder = OpusEncoder::create(device_uplink_opus()).value();
  auto decoder = OpusDecoder::create(16000, 60).value();
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    Bytes packet(random() % 400);
    for (auto& byte : packet) byte = static_cast<std::uint8_t>(random());
    const auto pcm = decoder.decode(packet);
    if (pcm.ok()) {
      EXPECT_LE(pcm->samples.size(), 1920u);
    }
  }
  const auto sent = tone(16000, 600, 8000);
  std::vector<std::int16_t> last;
  for (std::size_t at = 0; at < sent.size(); at += 960) {
    last = decoder.decode(encoder.encode(std::span(sent).subspan(at, 960)).value()).value().samples;
  }
  EXPECT_NEAR(rms(last), rms(sent), rms(sent) * 0.3);
}

}  // namespace
}  // namespace earshot
