#include "worker/speaking/downlink_encoder.h"

#include <gtest/gtest.h>

#include "common/audio/opus_decoder.h"

namespace earshot::worker {
namespace {

Pcm tone(int rate_hz, int ms) {
  Pcm pcm;
  pcm.sample_rate_hz = rate_hz;
  pcm.samples.assign(static_cast<std::size_t>(samples_per_frame(rate_hz, ms)), 4000);
  return pcm;
}

TEST(DownlinkEncoder, EachPacketIsOneFrameAndTheLastIsFilledUp) {
  for (const int rate_hz : {8000, 16000, 22050, 24000, 48000}) {
    auto encoder = DownlinkEncoder::create(24000, 60);
    ASSERT_TRUE(encoder.ok());
    std::vector<Bytes> packets;
    for (int i = 0; i < 10; ++i) {
      auto more = encoder->add(tone(rate_hz, 100));
      ASSERT_TRUE(more.ok());
      packets.insert(packets.end(), more->begin(), more->end());
    }
    auto rest = encoder->finish_sentence();
    ASSERT_TRUE(rest.ok());
    packets.insert(packets.end(), rest->begin(), rest->end());
    EXPECT_EQ(packets.size(), 17U) << rate_hz;  // 1000 ms in frames of 60
    auto decoder = OpusDecoder::create(24000, 60);
    for (const Bytes& packet : packets) EXPECT_EQ(decoder->decode(packet)->samples.size(), 1440U);
  }
}

TEST(DownlinkEncoder, AnEmptySentenceHasNoPackets) {
  auto encoder = DownlinkEncoder::create(16000, 20);
  EXPECT_TRUE(encoder->finish_sentence()->empty());
}

TEST(DownlinkEncoder, ResetForgetsWhatWasNotSent) {
  auto encoder = DownlinkEncoder::create(16000, 60);
  ASSERT_TRUE(encoder->add(tone(16000, 50)).ok());
  encoder->reset();
  EXPECT_TRUE(encoder->finish_sentence()->empty());
}

// The first byte of a packet names its band (RFC 6716, 3.1): 8 to 11 are SILK wide band, 12 to 15 hybrid.
int opus_configuration(const Bytes& packet) {
  return packet[0] >> 3;
}

TEST(DownlinkEncoder, CodesTheBandThatTheVoiceHas) {
  Pcm low = tone(24000, 600);
  Pcm high = low;
  for (std::size_t i = 0; i < low.samples.size(); ++i) {
    low.samples[i] =
        static_cast<std::int16_t>(i % 24 < 12 ? 4000 : 0);  // 1 kHz, its overtones filtered below
    high.samples[i] = static_cast<std::int16_t>(i % 2 == 0 ? 4000 : -4000);
  }
  low = resample(resample(low, 16000).value(), 24000).value();  // as of a voice made at 16 kHz
  auto encoder = DownlinkEncoder::create(24000, 60).value();
  const auto wide = encoder.add(low).value();
  ASSERT_GE(wide.size(), 9U);
  EXPECT_LE(opus_configuration(wide[8]), 11);
  const auto all = encoder.add(high).value();
  ASSERT_GE(all.size(), 9U);
  EXPECT_GE(opus_configuration(all[8]), 12);
}

TEST(DownlinkEncoder, RefusesFormatsThatOpusDoesNotHave) {
  EXPECT_FALSE(DownlinkEncoder::create(44100, 60).ok());
  EXPECT_FALSE(DownlinkEncoder::create(24000, 30).ok());
}

}  // namespace
}  // namespace earshot::worker
