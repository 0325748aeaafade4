// Spoken audio of any rate in, frames of the downlink's codec, rate and duration out. Each Opus frame is coded
// with the band that the voice has in it (common/audio/voice_band.h): most have nothing above 8 kHz.
//
// Runs on: any one thread at a time.
// Owns: resampler, encoder, and what was heard of the voice's band.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/opus_encoder.h"
#include "common/audio/pcm.h"
#include "common/audio/resampler.h"
#include "common/audio/sound_codec.h"
#include "common/audio/voice_band.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

class DownlinkEncoder {
 public:
  // kInvalid: a rate or duration that the codec does not have.
  static Result<DownlinkEncoder> create(int sample_rate_hz, int frame_duration_ms,
                                        SoundCodec codec = SoundCodec::kOpus);

  // RETURNS: the packets that became full.
  Result<std::vector<Bytes>> add(const Pcm& pcm);
  // The rest of a sentence, its last frame filled up with silence.
  Result<std::vector<Bytes>> finish_sentence();
  void reset();  // a new turn: forget all audio

 private:
  DownlinkEncoder(std::optional<OpusEncoder> opus, SoundCodec codec, int sample_rate_hz, int frame_samples)
      : opus_(std::move(opus)),
        codec_(codec),
        sample_rate_hz_(sample_rate_hz),
        frame_samples_(static_cast<std::size_t>(frame_samples)),
        voice_band_(sample_rate_hz) {}
  Status drain(std::vector<Bytes>& packets);
  Result<Bytes> encode(std::span<const std::int16_t> frame);

  std::optional<OpusEncoder> opus_;
  SoundCodec codec_;
  int sample_rate_hz_;
  std::size_t frame_samples_;
  VoiceBand voice_band_;
  std::optional<OpusEncoderConfig::Band> band_;  // that the encoder was told
  std::optional<Resampler> resampler_;           // made for the rate of the sentence
  std::vector<std::int16_t> pending_;
};

}  // namespace earshot::worker
