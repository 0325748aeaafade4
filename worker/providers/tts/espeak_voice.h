// Every language but English by espeak-ng, 22.05 kHz.
//
// Callers keep to one strand: espeak-ng speaks one text at a time (espeak.h), so a second thread would only wait.
#pragma once

#include <string>
#include <vector>

#include "worker/providers/tts/espeak.h"
#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

class EspeakVoice {
 public:
  // espeak-ng's data must be installed (package espeak-ng-data).
  static Result<EspeakVoice> load();

  // Runs on: one strand.
  void speak(SynthesisJob& job) const;

 private:
  explicit EspeakVoice(Espeak espeak) : espeak_(espeak) {}
  Espeak espeak_;
};

// The espeak-ng voices to try for a BCP 47 tag, best first: "pt-BR" -> "pt-br", "pt"; Chinese as
// `cmn-latn-pinyin`, because `cmn` of 1.51 reads its own pinyin with English rules.
std::vector<std::string> espeak_voices_for(const std::string& language);

}  // namespace earshot::worker
