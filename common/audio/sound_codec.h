// How a frame of mono sound is written down: as an Opus packet, or plainly, sample by sample. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bytes.h"

namespace earshot {

enum class SoundCodec : std::uint8_t {
  kOpus,
  kPcm16,  // signed, little-endian
  kUlaw,   // ITU-T G.711, 8 bits a sample
  kAlaw,   // the same, the other law
};

// Of the codecs with samples; kOpus has packets.
// REQUIRES: not kOpus.
constexpr std::size_t bytes_a_sample(SoundCodec codec) {
  return codec == SoundCodec::kPcm16 ? 2 : 1;
}

// REQUIRES: not kOpus. A last byte that is half of a sample is left out.
std::vector<std::int16_t> decode_plain(SoundCodec codec, ByteView bytes);
Bytes encode_plain(SoundCodec codec, std::span<const std::int16_t> samples);

}  // namespace earshot
