#include "common/audio/sound_codec.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace earshot {
namespace {

// ITU-T G.711: the codes of silence and of the loudest samples.
TEST(SoundCodecTest, WritesTheLawsAsTheyAreTold) {
  const std::vector<std::int16_t> samples{0, 32767, -32768};
  EXPECT_EQ(encode_plain(SoundCodec::kUlaw, samples), (Bytes{0xFF, 0x80, 0x00}));
  EXPECT_EQ(encode_plain(SoundCodec::kAlaw, samples), (Bytes{0xD5, 0xAA, 0x2A}));
  EXPECT_EQ(decode_plain(SoundCodec::kUlaw, Bytes{0x80, 0x00}), (std::vector<std::int16_t>{32124, -32124}));
  EXPECT_EQ(decode_plain(SoundCodec::kAlaw, Bytes{0xAA, 0x2A}), (std::vector<std::int16_t>{32256, -32256}));
}

TEST(SoundCodecTest, EachCodeComesBackAsItself) {
  for (const SoundCodec law : {SoundCodec::kUlaw, SoundCodec::kAlaw}) {
    for (int code = 0; code < 256; ++code) {
      if (law == SoundCodec::kUlaw && code == 0x7F) continue;  // the other zero
      const Bytes byte{static_cast<std::uint8_t>(code)};
      EXPECT_EQ(encode_plain(law, decode_plain(law, byte)), byte) << code;
    }
  }
}

TEST(SoundCodecTest, NoSampleIsFurtherOffThanHalfOfItsStep) {
  for (const SoundCodec law : {SoundCodec::kUlaw, SoundCodec::kAlaw}) {
    for (int sample = -32768; sample < 32768; sample += 7) {
      const auto told = static_cast<std::int16_t>(sample);
      const std::int16_t back = decode_plain(law, encode_plain(law, std::vector{told})).front();
      EXPECT_LE(std::abs(back - sample), std::abs(sample) / 30 + 16) << sample;
    }
  }
}

TEST(SoundCodecTest, PcmIsLittleEndianAndHalfASampleIsLeftOut) {
  EXPECT_EQ(encode_plain(SoundCodec::kPcm16, std::vector<std::int16_t>{0x0102, -2}),
            (Bytes{2, 1, 0xFE, 0xFF}));
  EXPECT_EQ(decode_plain(SoundCodec::kPcm16, Bytes{2, 1, 0xFE, 0xFF, 9}),
            (std::vector<std::int16_t>{0x0102, -2}));
}

}  // namespace
}  // namespace earshot
