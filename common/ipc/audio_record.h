// The one record that comes a thousand times for each other one: an Envelope with AudioDown. Read where it
// lies, without building an Envelope: generated code deletes and makes a oneof's member for each message, two
// allocations a frame. Pure; the bytes are hostile.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.h"

namespace earshot::ipc {

struct AudioDownView {
  std::uint32_t session = 0;
  std::uint32_t turn = 0;
  std::uint32_t sentence = 0;
  bool live = false;
  ByteView opus;  // lives as long as the record
};

// nullopt: not an Envelope of session and AudioDown alone, with known fields each once. Such a record is not
// wrong, only rare: the general parser takes it.
std::optional<AudioDownView> read_audio_down(ByteView record);

}  // namespace earshot::ipc
