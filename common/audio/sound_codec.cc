#include "common/audio/sound_codec.h"

#include <algorithm>
#include <array>
#include <bit>

namespace earshot {

namespace {

// G.711 table 2: a sample of 14 bits, made 33 larger so that each of 8 segments is twice as long as the one
// before; of it the segment and the 4 bits behind its highest one are sent, all bits turned round.
constexpr int kUlawBias = 33;
constexpr int kUlawMax = 8191 - kUlawBias;

int segment_of(int magnitude, unsigned first_bits) {
  const auto width = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(magnitude)));
  return width <= first_bits ? 0 : static_cast<int>(width - first_bits);
}

std::uint8_t to_ulaw(std::int16_t sample) {
  const bool negative = sample < 0;
  const int reduced = sample >> 2;  // 14 bits
  const int magnitude = std::min(negative ? -reduced - 1 : reduced, kUlawMax) + kUlawBias;
  const int segment = segment_of(magnitude, 6);
  const int code = segment << 4 | ((magnitude >> (segment + 1)) & 0xF);
  return static_cast<std::uint8_t>((negative ? 0x7F : 0xFF) ^ code);
}

constexpr std::int16_t from_ulaw(std::uint8_t byte) {
  const int code = ~byte & 0xFF;
  const int segment = code >> 4 & 7;
  const int magnitude = ((((code & 0xF) << 1) + kUlawBias) << segment) - kUlawBias;
  return static_cast<std::int16_t>(4 * ((code & 0x80) != 0 ? -magnitude : magnitude));
}

// G.711 table 1: 13 bits; the first two segments are alike. Every second bit is turned round.
std::uint8_t to_alaw(std::int16_t sample) {
  const bool negative = sample < 0;
  const int reduced = sample >> 3;  // 13 bits
  const int magnitude = negative ? -reduced - 1 : reduced;
  const int segment = segment_of(magnitude, 5);
  const int code = segment << 4 | ((magnitude >> std::max(segment, 1)) & 0xF);
  return static_cast<std::uint8_t>((negative ? 0x55 : 0xD5) ^ code);
}

constexpr std::int16_t from_alaw(std::uint8_t byte) {
  const int code = byte ^ 0x55;
  const int segment = code >> 4 & 7;
  const int step = (code & 0xF) << 1 | 1;
  const int magnitude = segment == 0 ? step : (step | 32) << (segment - 1);
  return static_cast<std::int16_t>(8 * ((code & 0x80) != 0 ? magnitude : -magnitude));
}

template <class Decode>
constexpr std::array<std::int16_t, 256> table_of(Decode decode) {
  std::array<std::int16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = decode(static_cast<std::uint8_t>(byte));
  return table;
}
constexpr auto kUlawSamples = table_of(from_ulaw);
constexpr auto kAlawSamples = table_of(from_alaw);

}  // namespace

std::vector<std::int16_t> decode_plain(SoundCodec codec, ByteView bytes) {
  std::vector<std::int16_t> samples;
  samples.reserve(bytes.size() / bytes_a_sample(codec));
  if (codec == SoundCodec::kPcm16) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      samples.push_back(static_cast<std::int16_t>(static_cast<std::uint16_t>(bytes[i] | bytes[i + 1] << 8)));
    }
    return samples;
  }
  const auto& table = codec == SoundCodec::kUlaw ? kUlawSamples : kAlawSamples;
  for (const std::uint8_t byte : bytes) samples.push_back(table[byte]);
  return samples;
}

Bytes encode_plain(SoundCodec codec, std::span<const std::int16_t> samples) {
  Bytes bytes;
  bytes.reserve(samples.size() * bytes_a_sample(codec));
  for (const std::int16_t sample : samples) {
    if (codec == SoundCodec::kUlaw) {
      bytes.push_back(to_ulaw(sample));
    } else if (codec == SoundCodec::kAlaw) {
      bytes.push_back(to_alaw(sample));
    } else {
      const auto value = static_cast<std::uint16_t>(sample);
      bytes.push_back(static_cast<std::uint8_t>(value & 0xFF));
      bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    }
  }
  return bytes;
}

}  // namespace earshot
