// A RIFF WAVE stream to PCM while it arrives, from servers that write the header before they know the length.
// Any bytes are safe. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/audio/pcm.h"
#include "common/audio/wav_format.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

// Formats as parse_wav(). A data chunk of size 0 or near the largest possible has no known end (streaming
// writers); behind one of another size everything is ignored.
// Bounded: what precedes the samples, 64 kB.
class WavStream {
 public:
  // RETURNS: what these bytes complete; nothing while the header is still in parts.
  Result<Pcm> feed(ByteView bytes);
  bool in_data() const { return in_data_; }

 private:
  Status parse_head();
  Pcm take_frames();

  Bytes pending_;  // the header so far; then at most one incomplete frame
  std::optional<WavFormat> format_;
  std::optional<std::uint64_t> data_left_;  // absent: until the stream ends
  bool in_data_ = false;
};

}  // namespace earshot
