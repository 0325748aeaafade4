// RIFF WAVE files with 16-bit PCM. Files come from users: any bytes are safe here.
#pragma once

#include <cstddef>
#include <string>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

inline constexpr std::size_t kMaxWavBytes = 64u << 20;  // 35 minutes of 16 kHz mono

// Mono, or stereo (mixed down); 4000..192000 Hz. Unknown chunks are skipped. A data chunk that claims more
// than is there (as streaming writers do) ends with the file.
Result<Pcm> parse_wav(ByteView file);
Bytes format_wav(const Pcm& clip);  // mono

Result<Pcm> read_wav_file(const std::string& path);
Status write_wav_file(const std::string& path, const Pcm& clip);

}  // namespace earshot
