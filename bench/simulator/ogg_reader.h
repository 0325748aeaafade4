// An Ogg Opus file as firmware 2.5.0 takes it for a notice: one mono stream with a proper end, packets of 5 to 120
// ms and at most 2 KB. Written apart from common/audio/ogg_opus on purpose: it checks what that makes. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::simulator {

struct OggSpeech {
  std::vector<Bytes> packets;
  Milliseconds longest_packet{};
};

// Errors: kInvalid, what the firmware would not have played.
Result<OggSpeech> read_ogg_opus(std::string_view file);

}  // namespace earshot::simulator
