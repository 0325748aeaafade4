#include "common/audio/wav_format.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace earshot {
namespace {

void put(Bytes& to, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    to.push_back(static_cast<std::uint8_t>(i < 8 ? value >> (8 * i) : 0));
}

Bytes format_chunk(std::uint16_t tag, std::uint16_t bits, std::uint16_t channels = 1,
                   std::uint16_t block_bytes = 0) {
  Bytes chunk;
  put(chunk, tag, 2);
  put(chunk, channels, 2);
  put(chunk, 24000, 4);
  put(chunk, 0, 4);
  put(chunk, block_bytes, 2);
  put(chunk, bits, 2);
  return chunk;
}

Bytes extensible(std::uint16_t tag, std::uint16_t bits) {
  Bytes chunk = format_chunk(0xFFFE, bits);
  put(chunk, 22, 2);
  put(chunk, bits, 2);
  put(chunk, 4, 4);
  put(chunk, tag, 2);
  put(chunk, 0, 14);
  return chunk;
}

std::vector<std::int16_t> decode(const Bytes& chunk, const Bytes& data) {
  const auto format = parse_wav_format(chunk);
  EXPECT_TRUE(format.ok());
  return format ? mix_down(data, *format).samples : std::vector<std::int16_t>();
}

template <class Value>
Bytes written(std::initializer_list<Value> values, std::size_t bytes) {
  Bytes data;
  for (const Value value : values) put(data, static_cast<std::uint64_t>(value), bytes);
  return data;
}

using Samples = std::vector<std::int16_t>;

TEST(WavFormat, ReadsWholeNumbersOfEachWidth) {
  EXPECT_EQ(decode(format_chunk(1, 8), {0, 128, 255}), (Samples{-32768, 0, 32512}));
  EXPECT_EQ(decode(format_chunk(1, 16), written({-32768, 7, 32767}, 2)), (Samples{-32768, 7, 32767}));
  EXPECT_EQ(decode(format_chunk(1, 24), written({-(32768 << 8), 7 << 8, 32767 << 8}, 3)),
            (Samples{-32768, 7, 32767}));
  EXPECT_EQ(decode(format_chunk(1, 32), written<std::int64_t>({-(32768LL << 16), 7 << 16, 32767LL << 16}, 4)),
            (Samples{-32768, 7, 32767}));
}

TEST(WavFormat, Takes24BitsInFourBytesFromTheUpperEnd) {
  EXPECT_EQ(decode(format_chunk(1, 24, 1, 4), written<std::int64_t>({7 << 16, -(9 << 16)}, 4)),
            (Samples{7, -9}));
}

TEST(WavFormat, ReadsFloatsAndCutsOffWhatIsTooLoud) {
  Bytes data;
  for (const float sample : {0.0F, 0.5F, -1.0F, 1.0F, 9.0F, -9.0F, std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity()})
    put(data, std::bit_cast<std::uint32_t>(sample), 4);
  EXPECT_EQ(decode(format_chunk(3, 32), data), (Samples{0, 16384, -32768, 32767, 32767, -32768, 0, 32767}));
  Bytes wide;
  for (const double sample : {-0.25, 2.0}) put(wide, std::bit_cast<std::uint64_t>(sample), 8);
  EXPECT_EQ(decode(format_chunk(3, 64), wide), (Samples{-8192, 32767}));
}

// Values of ITU-T G.711, tables 1a to 2b, brought from 13 and 14 bits to 16.
TEST(WavFormat, ReadsALawAndMuLaw) {
  EXPECT_EQ(decode(format_chunk(6, 8), {0xD5, 0x55, 0xAA, 0x2A}), (Samples{8, -8, 32256, -32256}));
  EXPECT_EQ(decode(format_chunk(7, 8), {0xFF, 0x7F, 0x80, 0x00}), (Samples{0, 0, 32124, -32124}));
}

TEST(WavFormat, TakesTheTagOfAnExtensibleFormatFromItsGuid) {
  EXPECT_EQ(decode(extensible(1, 16), written({5, -5}, 2)), (Samples{5, -5}));
  EXPECT_EQ(decode(extensible(3, 32), written({std::bit_cast<std::uint32_t>(0.5F)}, 4)), (Samples{16384}));
  EXPECT_FALSE(parse_wav_format(extensible(2, 16)).ok());
}

TEST(WavFormat, MixesStereoOfAnyWidthDown) {
  EXPECT_EQ(decode(format_chunk(1, 24, 2), written({4 << 8, 2 << 8, 10 << 8, -(2 << 8)}, 3)),
            (Samples{3, 4}));
}

}  // namespace
}  // namespace earshot
