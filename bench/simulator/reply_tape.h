// What the loudspeaker has played, one answer after the other, as it sounded:
// a gap in an answer is silence. Pure.
// Runs on: any one thread at a time.
#pragma once

#include <optional>

#include "common/audio/pcm.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class ReplyTape {
 public:
  void begin_answer() { next_.reset(); }  // a short pause stands between two answers
  // `at`: when the frame began to sound. A frame of another rate than the first one's is left out.
  void add(const Pcm& frame, SteadyTime at);

  const Pcm& clip() const { return clip_; }

 private:
  void append_silence(Milliseconds time);

  Pcm clip_{.samples = {}, .sample_rate_hz = 24000};
  std::optional<SteadyTime> next_;  // when the next frame of this answer begins, if there is no gap
};

}  // namespace earshot::simulator
