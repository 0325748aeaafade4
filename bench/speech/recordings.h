// Recordings of people and of noises, in a folder that bench/speech/recordings.sh makes:
//
//   speech.tsv      a line each: file, a tab, what is said in it
//   noise.tsv       a line each: file, a tab, what it is
//   *.wav
#pragma once

#include <string>
#include <vector>

#include "common/audio/pcm.h"
#include "common/base/result.h"

namespace earshot::bench {

struct Recording {
  std::string text;  // what is said, or what makes the noise
  Pcm sound;         // 16 kHz
};

// Every file of `list` ("speech.tsv") in `folder`.
// Errors: kNotFound: the list or a file of it is not there. kInvalid: no WAV file.
Result<std::vector<Recording>> read_recordings(const std::string& folder, const std::string& list);

}  // namespace earshot::bench
