// How downlink audio is paced. Plain values; app.cc fills them from the configuration.
#pragma once

#include <cstddef>

#include "common/base/clock.h"

namespace earshot::gateway {

struct PlayoutConfig {
  Milliseconds frame_duration{60};
  // Frames that the device holds in advance, against jitter: 5 on a LAN, 10 on 4G (device-protocol 7.3).
  // Everything ahead still sounds after an abort, so smaller is better. Clamped to 1..10.
  int lead_frames = 5;
  // Speech that waits here: 60 s. A turn that overflows is cut there, see playout.h.
  std::size_t max_queued_frames = 1000;
  std::size_t max_queued_marks = 256;  // starts and sentences
  // Between the end of the last frame by our model and `tts stop`: two frames, as the reference does (7.3).
  Milliseconds tail_guard{120};
};

}  // namespace earshot::gateway
