// Spoken audio of any rate in, Opus packets of the downlink's rate and frame duration out. Each frame is coded
// with the band that the voice has in it (common/audio/voice_band.h): most have nothing above 8 kHz.
//
// Runs on: any one thread at a time.
// Owns: resampler, encoder, and what was heard of the voice's band.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/audio/opus_encoder.h"
#include "common/audio/pcm.h"
#include "common/audio/resampler.h"
#include "common/audio/voice_band.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

class DownlinkEncoder {
 public:
  static Result<DownlinkEncoder> create(int sample_rate_hz, int frame_duration_ms);

  // RETURNS: the packets that became full.
  Result<std::vector<Bytes>> add(const Pcm& pcm);
  // The rest of a sentence, its last frame filled up with silence.
  Result<std::vector<Bytes>> finish_sentence();
  void reset();  // a new turn: forget all audio

 private:
  explicit DownlinkEncoder(OpusEncoder encoder)
      : encoder_(std::move(encoder)), voice_band_(encoder_.sample_rate_hz()) {}
  Status drain(std::vector<Bytes>& packets);

  OpusEncoder encoder_;
  VoiceBand voice_band_;
  std::optional<OpusEncoderConfig::Band> band_;  // that the encoder was told
  std::optional<Resampler> resampler_;           // made for the rate of the sentence
  std::vector<std::int16_t> pending_;
};

}  // namespace earshot::worker
