// MP3 to PCM while it arrives (libmpg123). Services send it, so any bytes are safe here.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "common/audio/pcm.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

// Runs on: one thread at a time.
// Owns: the library's handle.
// Bounded: after 256 kB without a frame it is an error; tags (ID3v2) are skipped without being kept.
class Mp3Decoder {
 public:
  static Result<Mp3Decoder> create();

  // RETURNS: what these bytes complete, mixed down to mono; nothing while a frame is still in parts. The rate
  // is that of the stream, which keeps it from its first frame on (a change of rate is kInvalid).
  Result<Pcm> feed(ByteView bytes);

 private:
  struct HandleDeleter {
    void operator()(void* handle) const;
  };
  explicit Mp3Decoder(std::unique_ptr<void, HandleDeleter> handle) : handle_(std::move(handle)) {}

  std::unique_ptr<void, HandleDeleter> handle_;  // mpg123_handle
  std::size_t searched_bytes_ = 0;               // since the latest frame
  int sample_rate_hz_ = 0;                       // 0: no frame yet
};

}  // namespace earshot
