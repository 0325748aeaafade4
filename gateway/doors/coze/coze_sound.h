// A client's sound as the worker gets it: samples of 16 bits and one channel, whatever they come as. Pure.
//
// Bounded: keeps less than one sample.
#pragma once

#include <optional>

#include "common/base/bytes.h"
#include "gateway/doors/coze/coze_settings.h"

namespace earshot::gateway {

class CozeSound {
 public:
  // The next bytes begin a recording: a RIFF header in front of it is skipped.
  void begin() { *this = {}; }
  // What one append holds, in `settings`' codec; G.711 as it is.
  // REQUIRES: not Opus.
  Bytes read(ByteView bytes, const CozeSettings& settings);

 private:
  Bytes rest_;  // less than a sample of all channels
  bool begun_ = false;
};

}  // namespace earshot::gateway
