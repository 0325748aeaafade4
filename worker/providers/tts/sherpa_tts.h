// Text to speech by a voice of sherpa-onnx on this machine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/config/config_reader.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct SherpaTtsSettings {
  sherpa::Model model;
  int speaker = 0;   // of a model with several voices
  double speed = 1;  // 2 is twice as fast
  int parallel = 1;  // sentences made at once, each on a thread of its own; others wait in order
};

// Callers name a speaker by its number. nullopt: no number, or not one of `speakers`. Pure.
std::optional<int> chosen_speaker(const std::string& voice, int speakers);

// `family`, its files, `threads`, `speaker`, `speed`, `parallel`.
SherpaTtsSettings read_sherpa_tts(ConfigSection& section);

// Loads the voice, which speaks the languages that it was trained on: that of a request is not looked at.
// A voice of phonemes (Piper's) gets those of libespeak-ng, for the language of its metadata. The library gives a
// sentence's sound when it has made all of it, so a text is made sentence by sentence, and the first audio takes the
// time of the first one. A cancelled text stops behind the sentence being made. Text beyond 4 kB is not said, and of
// a text without anything to say nothing comes. Streams may outlive the provider, whose end waits for nothing.
// kNotFound: a file is missing, or espeak-ng has no such voice. kInvalid, kInternal: the library refuses the model,
// or there is no such speaker.
Result<std::unique_ptr<TtsProvider>> make_sherpa_tts(const SherpaTtsSettings& settings,
                                                     const sherpa::SherpaLibrary& library);

}  // namespace earshot::worker
