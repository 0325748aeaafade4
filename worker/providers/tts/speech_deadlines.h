// How long a remote voice may take for one sentence, and how that is configured.
#pragma once

#include "common/base/clock.h"
#include "common/config/config_reader.h"

namespace earshot::worker {

struct SpeechDeadlines {
  Milliseconds connect{5000};
  Milliseconds first_audio{10000};  // from the text to the first sound
  Milliseconds stall{15000};        // between two pieces of sound
  Milliseconds total{60000};        // of one sentence
};

// connect_timeout_ms, first_audio_timeout_ms, stall_timeout_ms, total_timeout_ms.
inline void read_deadlines(ConfigSection& section, SpeechDeadlines& deadlines) {
  const IntRange range{1, 600'000};
  section.read("connect_timeout_ms", deadlines.connect, range);
  section.read("first_audio_timeout_ms", deadlines.first_audio, range);
  section.read("stall_timeout_ms", deadlines.stall, range);
  section.read("total_timeout_ms", deadlines.total, range);
}

}  // namespace earshot::worker
