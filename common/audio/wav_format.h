// What the readers of WAVE files and of WAVE streams share: the format chunk and the samples behind it. Pure.
#pragma once

#include <cstddef>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

inline constexpr std::size_t kRiffHeaderBytes = 4 + 4 + 4;  // "RIFF", size, "WAVE"
inline constexpr std::size_t kChunkHeaderBytes = 4 + 4;     // id, size

struct WavFormat {
  int channels = 0;  // 1 or 2
  int sample_rate_hz = 0;

  std::size_t frame_bytes() const { return 2u * static_cast<std::size_t>(channels); }
};

// The content of a "fmt " chunk. 16-bit PCM, mono or stereo, 4000..192000 Hz; anything else is kInvalid.
Result<WavFormat> parse_wav_format(ByteView chunk);
// Whole frames of `data`, mixed down; an incomplete last one is left out.
Pcm mix_down(ByteView data, const WavFormat& format);

// "wav: " and what is wrong.
Error invalid_wav(const char* what);

// REQUIRES: at least 2 (4) bytes. RIFF is little-endian.
std::uint16_t load_le16(const std::uint8_t* from);
std::uint32_t load_le32(const std::uint8_t* from);

}  // namespace earshot
