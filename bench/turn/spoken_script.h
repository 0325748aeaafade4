// What a simulated user says, as sound, and when a recogniser may have heard which word of it. Synthetic
// voices; deterministic.
#pragma once

#include <string>
#include <vector>

#include "common/audio/pcm.h"
#include "common/base/clock.h"

namespace earshot::bench {

struct HeardWord {
  std::string text;      // as the recogniser writes it, with its mark if it has one
  Milliseconds ends{0};  // since the first voiced sample; by the letters, within each part
};

struct SpokenScript {
  Pcm speech;  // 16 kHz, from the first to the last voiced 20 ms
  std::vector<HeardWord> words;
  Milliseconds pause{0};  // inside the sentence; 0: none
};

// `written` is what a recogniser makes of it: as many words as are said, or the alignment is meaningless.
SpokenScript make_script(const std::string& said, const std::string& written);
// Two parts of one sentence with `pause` of silence between their voiced ends.
SpokenScript make_script_with_pause(const std::string& first, const std::string& second, Milliseconds pause);

// The bounds of what is voiced, by energy and 20 ms frames: [first, last) in samples; equal when nothing is.
struct VoicedPart {
  std::size_t first = 0;
  std::size_t last = 0;
};
VoicedPart voiced_part(const Pcm& pcm);

}  // namespace earshot::bench
