// English by flite's `slt` voice, 16 kHz, streamed while it is made.
//
// Runs on: speak() on any thread of the pool, several at a time: each sentence has a voice object of its own,
// because the streaming callback hangs on it (measurements 8); the voice's data is shared and only read.
#pragma once

#include <memory>

#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

class FliteVoice {
 public:
  // Loads the voice once a process; about 5 MB.
  static Result<FliteVoice> load();

  void speak(SynthesisJob& job) const;

 private:
  explicit FliteVoice(void* master) : master_(master) {}
  void* master_;  // cst_voice, owned by flite for the life of the process
};

}  // namespace earshot::worker
