// Decoded audio: 16-bit mono samples at a known rate.
// Opus packets are Bytes, so the two worlds cannot be mixed up.
#pragma once

#include <cstdint>
#include <vector>

namespace earshot {

struct Pcm {
  std::vector<std::int16_t> samples;
  int sample_rate_hz = 16000;
};

// Samples in one frame; exact for every Opus rate and frame duration of the device protocol (7.2).
constexpr int samples_per_frame(int sample_rate_hz, int frame_duration_ms) {
  return sample_rate_hz / 1000 * frame_duration_ms;
}

}  // namespace earshot
