// A RIFF WAVE stream to PCM while it arrives, from servers that write the header before they know the length,
// and from those that write a file for each part of what they say, one behind the other. Any bytes are safe.
// Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/audio/pcm.h"
#include "common/audio/resampler.h"
#include "common/audio/wav_format.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot {

// Formats as parse_wav_format(). A data chunk of size 0 or near the largest possible has no known end (streaming
// writers). Behind the end of one other chunks are skipped. The next file begins with its header, wherever that
// stands, also among samples; it is brought to the rate of the first one. Behind what is no chunk all is ignored.
// Bounded: what precedes the samples of a file, 64 kB.
class WavStream {
 public:
  // RETURNS: what these bytes complete, all of one rate; nothing while the header is still in parts.
  Result<Pcm> feed(ByteView bytes);
  // The stream has ended.
  // RETURNS: the last samples, which were held back since they might have begun another header.
  Result<Pcm> finish();

 private:
  enum class Part { kHead, kSamples, kBehind, kIgnored };

  // RETURNS: go on with what is pending?
  Result<bool> take_head();
  Result<bool> take_samples(Pcm& made);
  bool take_behind();
  Status append(Pcm& made, Pcm samples);
  void end_file(Pcm& made);
  void drop(std::size_t bytes);

  Part part_ = Part::kHead;
  Bytes pending_;  // what of the part was not taken yet
  std::optional<WavFormat> format_;
  int rate_hz_ = 0;                         // of the first file; 0 before its samples
  std::optional<std::uint64_t> data_left_;  // absent: until the stream ends, or another file begins
  std::uint64_t skip_ = 0;                  // of a chunk behind the samples
  bool odd_ = false;                        // a pad byte may follow the samples
  std::optional<Resampler> resampler_;
};

}  // namespace earshot
