// The least that a conversation can cost: the same frames through libopus and nothing else. Each conversation
// has a decoder and an encoder of its own, used in turn, so that their state is as cold as in a worker.
#pragma once

#include "bench/worker/talker.h"
#include "common/audio/pcm.h"
#include "common/base/result.h"

namespace earshot::bench {

struct OpusFloor {
  double decode_us = 0;      // of the thread's CPU time, a frame from the user
  double encode_us = 0;      // a frame to the user, as the worker codes it
  double encode_all_us = 0;  // the same with complexity 5 and all of the band: what issue 10 compares with
};

struct OpusFloorPlan {
  int conversations = 200;
  // Of a turn, as the run had it: packets of silence behind those of speech.
  std::size_t silence_packets = 0;
  Milliseconds time{1500};  // to measure each of the three, about
};

// `voice` is what the worker is given to say.
Result<OpusFloor> measure_opus(const UserSpeech& speech, const Pcm& voice, const OpusFloorPlan& plan);

}  // namespace earshot::bench
