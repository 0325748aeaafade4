// What the simulated users say: a synthetic voice as a device's microphone and encoder send it.
#pragma once

#include <cstddef>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot::bench {

inline constexpr Milliseconds kPacket{60};

struct RecordedSpeech {
  std::vector<Bytes> packets;    // room before, speech, room behind: the last one may be repeated for ever
  std::size_t first_voiced = 0;  // the packet with the first voiced frame
  std::size_t last_voiced = 0;
};

// Aborts when the voice or the encoder cannot be made: there is no bench without them.
RecordedSpeech record_speech();

}  // namespace earshot::bench
