// The user's voice: a WAV file, or text spoken by flite or espeak-ng.
// The only door to both engines in the simulator.
// Runs on: one thread (espeak-ng is one global state).
#pragma once

#include <string>
#include <vector>

#include "common/audio/pcm.h"
#include "common/base/result.h"

namespace earshot::simulator {

inline const std::vector<std::string> kVoices{"slt", "rms", "awb", "kal16", "espeak-us", "espeak-gb"};

// 16 kHz, without the silence before the first and after the last sound,
// so that its end is the end of speech.
// Errors: kInvalid (unknown voice, empty text, no speech in the file), kNotFound, kInternal.
Result<Pcm> speak(const std::string& text, const std::string& voice);
Result<Pcm> read_speech(const std::string& wav_path);

Pcm trim_silence(const Pcm& clip);  // pure

}  // namespace earshot::simulator
