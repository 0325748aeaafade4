// RIFF WAVE files. Files come from users: any bytes are safe here.
#pragma once

#include <cstddef>
#include <string>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

inline constexpr std::size_t kMaxWavBytes = 64u << 20;  // 35 minutes of 16 kHz mono

// Formats as parse_wav_format() (wav_format.h). Unknown chunks are skipped. A data chunk that claims more
// than is there (as streaming writers do) ends with the file.
Result<Pcm> parse_wav(ByteView file);
Bytes format_wav(const Pcm& clip);  // 16-bit PCM, mono

Result<Pcm> read_wav_file(const std::string& path);
Status write_wav_file(const std::string& path, const Pcm& clip);

}  // namespace earshot
