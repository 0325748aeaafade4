// Sound as the voiceprint's encoder was taught it: 40 bands on the mel scale, a hundred times a second, in power.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "worker/providers/neural/dense.h"

namespace earshot::worker {

// Immutable once made; used on any thread. As librosa's melspectrogram does it (16 kHz, 25 ms windows of Hann, 10 ms
// apart, bands after Slaney), whose numbers the encoder's authors trained with (resemblyzer/hparams.py).
class MelSpectrum {
 public:
  static constexpr std::size_t kBands = 40;

  MelSpectrum();
  // Samples from -1 to 1.
  // RETURNS: kBands numbers for each piece of 10 ms, and for the end.
  std::vector<float> of(std::span<const float> samples) const;

 private:
  neural::Dense waves_;  // the window and the transform in one
  neural::Dense bands_;
};

}  // namespace earshot::worker
