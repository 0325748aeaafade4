// What a recogniser makes of utterances, one after the other, and what that costs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/audio/pcm.h"
#include "worker/stages/asr.h"

namespace earshot::bench {

struct Reading {
  worker::Transcript heard;
  double seconds = 0;      // of sound
  double cpu_seconds = 0;  // of this process, all threads, from the first packet to the transcript
};

// Hands `utterance` over in packets of 60 ms, as a device sends it, and ends it.
// Runs on: the calling thread, which runs the callbacks; what `asr` was made with works on threads of its own.
// Throws std::runtime_error when the recogniser fails.
Reading read_utterance(worker::AsrProvider& asr, const Pcm& utterance);

}  // namespace earshot::bench
