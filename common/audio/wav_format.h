// What the readers of WAVE files and of WAVE streams share: the format chunk and the samples behind it. Pure.
//
// Sources: Microsoft's "Multimedia Programming Interface and Data Specifications 1.0" (RIFF WAVE) and mmreg.h
// (WAVEFORMATEXTENSIBLE); ITU-T G.711 for A-law and mu-law.
#pragma once

#include <cstddef>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

inline constexpr std::size_t kRiffHeaderBytes = 4 + 4 + 4;  // "RIFF", size, "WAVE"
inline constexpr std::size_t kChunkHeaderBytes = 4 + 4;     // id, size

// How one sample is written. Whole numbers are signed, but those of 8 bits; all are little-endian.
enum class WavSample { kUnsigned8, kSigned16, kSigned24, kSigned32, kFloat32, kFloat64, kALaw, kMuLaw };

struct WavFormat {
  int channels = 0;  // 1 or 2
  int sample_rate_hz = 0;
  WavSample sample = WavSample::kSigned16;
  std::size_t sample_bytes = 2;

  std::size_t frame_bytes() const { return sample_bytes * static_cast<std::size_t>(channels); }
};

// The content of a "fmt " chunk: PCM of up to 32 bits, floating point of 32 or 64, A-law or mu-law; mono or
// stereo, 4000..192000 Hz. Anything else is kInvalid.
Result<WavFormat> parse_wav_format(ByteView chunk);
// Whole frames of `data`, mixed down to 16 bits; an incomplete last one is left out. Floats beyond -1..1 are cut
// off there; what is no number is silence.
Pcm mix_down(ByteView data, const WavFormat& format);

// "wav: " and what is wrong.
Error invalid_wav(const char* what);

// REQUIRES: at least 2 (4) bytes. RIFF is little-endian.
std::uint16_t load_le16(const std::uint8_t* from);
std::uint32_t load_le32(const std::uint8_t* from);

}  // namespace earshot
