// Every language but English by espeak-ng, 22.05 kHz.
//
// espeak-ng is one global state, so speak() runs on one strand; it makes 500 to 1,000 seconds of speech a
// second (measurements 8), so that one strand serves a whole worker.
#pragma once

#include <string>
#include <vector>

#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

class EspeakVoice {
 public:
  // Once a process; espeak-ng's data must be installed (package espeak-ng-data).
  static Result<EspeakVoice> load();

  // Runs on: one strand.
  void speak(SynthesisJob& job) const;

 private:
  explicit EspeakVoice(int sample_rate_hz) : sample_rate_hz_(sample_rate_hz) {}
  int sample_rate_hz_;
};

// The espeak-ng voices to try for a BCP 47 tag, best first: "pt-BR" -> "pt-br", "pt"; Chinese as
// `cmn-latn-pinyin`, because `cmn` of 1.51 reads its own pinyin with English rules.
std::vector<std::string> espeak_voices_for(const std::string& language);

}  // namespace earshot::worker
