// Does a voice hold anything above 8 kHz? Most synthetic ones do not: they were made at 16 kHz, whatever the
// rate of what a service sends. Pure.
//
// Runs on: any one thread at a time.
// Owns: its filter (some 100 numbers).
// Cost: about 2 % of coding the same frame.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/audio/opus_encoder.h"
#include "common/audio/pcm.h"
#include "common/base/clock.h"

namespace earshot {

class VoiceBand {
 public:
  using Band = OpusEncoderConfig::Band;
  static constexpr Milliseconds kHold{2000};  // a voice with an "s" in it has one again in that time

  explicit VoiceBand(int sample_rate_hz);

  // What this frame needs: kAll as soon as there is sound above 8 kHz (over -30 dB of the frame), and for
  // kHold after that.
  Band of(std::span<const std::int16_t> frame);
  void reset() { held_ = Milliseconds(0); }

 private:
  bool sounds_high(std::span<const std::int16_t> frame) const;

  int sample_rate_hz_;
  std::vector<float> high_pass_;  // empty: the rate has no room above 8 kHz
  Milliseconds held_{0};
};

// Of a whole clip, by frames of 60 ms: kAll when any of them needs it.
OpusEncoderConfig::Band band_of(const Pcm& clip);

}  // namespace earshot
