// How the device listens; it chooses with `listen start` (device-protocol 6.3).
#pragma once

#include <cstdint>

namespace earshot::worker {

enum class ListenMode : std::uint8_t {
  kAuto,      // half duplex: silence ends the utterance, then it waits for the reply
  kManual,    // push-to-talk: `listen stop` ends it
  kRealtime,  // the microphone stays on while the device speaks
};

}  // namespace earshot::worker
