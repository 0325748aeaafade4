// What a session sends, made what its ear hears: mono PCM of 16 kHz, from Opus or from plain samples.
//
// Runs on: any one thread at a time.
// Owns: the decoder's state, or the resampler's.
#pragma once

#include <optional>

#include "common/audio/opus_decoder.h"
#include "common/audio/pcm.h"
#include "common/audio/resampler.h"
#include "common/audio/sound_codec.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

struct UplinkFormat {
  SoundCodec codec = SoundCodec::kOpus;
  int sample_rate_hz = 16000;  // of plain samples
  int packet_ms = 60;          // as announced: the length of a packet that is missing
};

class UplinkDecoder {
 public:
  // kInvalid: no such rate or duration.
  static Result<UplinkDecoder> create(const UplinkFormat& format);
  UplinkDecoder(OpusDecoder opus) : opus_(std::move(opus)) {}  // of Opus alone

  // kInvalid: an Opus packet that is none. Plain samples are never wrong.
  Result<Pcm> decode(ByteView packet);
  Pcm conceal();  // in place of a lost packet
  void reset();   // the next packet begins another stream

 private:
  UplinkDecoder(Resampler resampler, const UplinkFormat& format)
      : resampler_(std::move(resampler)), format_(format) {}

  std::optional<OpusDecoder> opus_;
  std::optional<Resampler> resampler_;  // of plain samples
  UplinkFormat format_;
};

}  // namespace earshot::worker
