// libespeak-ng, for all of the process: its voices, and its phonemes for the voices of others.
//
// It is one global state, also across providers, so every call of it is made here, one at a time: a caller on
// another thread waits. It makes 500 to 1,000 seconds of speech a second (measurements 8), phonemes faster.
// Runs on: any thread that may wait for some milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "common/base/result.h"

namespace earshot::worker {

class Espeak {
 public:
  // RETURNS: go on?
  using OnSamples = std::function<bool(std::span<const std::int16_t>)>;

  // Once a process; espeak-ng's data must be installed (package espeak-ng-data).
  static Result<Espeak> load();

  int sample_rate_hz() const { return sample_rate_hz_; }
  // A name of one of its voices: "en-us", "de", "cmn-latn-pinyin". kNotFound: there is none of this name.
  // on_samples is called on this thread; it may end the speech.
  // `speed`: of its usual pace.
  Status speak(const std::string& voice, const std::string& text, double speed,
               const OnSamples& on_samples) const;
  // How the voice reads the text: IPA in UTF-8, words with spaces between them, and marks such as "(en)" where it
  // reads a word by the rules of another language.
  Result<std::string> phonemes(const std::string& voice, const std::string& text) const;

 private:
  explicit Espeak(int sample_rate_hz) : sample_rate_hz_(sample_rate_hz) {}
  int sample_rate_hz_;
};

}  // namespace earshot::worker
