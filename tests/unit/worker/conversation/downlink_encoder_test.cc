#include "worker/conversation/downlink_encoder.h"

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

TEST(DownlinkEncoder, RefusesFormatsThatOpusDoesNotHave) {
  EXPECT_FALSE(DownlinkEncoder::create(44100, 60).ok());
  EXPECT_FALSE(DownlinkEncoder::create(24000, 30).ok());
}

}  // namespace
}  // namespace earshot::worker
