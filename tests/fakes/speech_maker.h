// Speakers for tests of hearing: synthetic voices, and the way of a voice through a device's Opus encoder.
//
// Runs on: one thread. Not in one process with the worker's own espeak-ng voice:
// the engine has one global callback.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/audio/pcm.h"

namespace earshot::fakes {

enum class Speaker { kSlt, kRms, kAwb, kKal16, kEspeakUs, kEspeakUsFemale, kEspeakGb };
inline constexpr std::array kSpeakers = {Speaker::kSlt,     Speaker::kRms,      Speaker::kAwb,
                                         Speaker::kKal16,   Speaker::kEspeakUs, Speaker::kEspeakUsFemale,
                                         Speaker::kEspeakGb};
std::string_view name(Speaker speaker);

Pcm say(Speaker speaker, const std::string& text);  // 16 kHz, English
// Not changed in rate: 16 kHz of flite, 22,050 Hz of espeak-ng, which has sound up to 11 kHz.
Pcm say_at_own_rate(Speaker speaker, const std::string& text);

struct Room {
  int silence_before_ms = 300;
  int silence_after_ms = 300;
  double gain = 1;
  double noise_rms = 5;  // in sample units: 5 is a quiet microphone, 1000 a loud fan
  unsigned seed = 1;
};
// What a server hears of it: put into the room, encoded in 60 ms packets as a device does (7.1), decoded.
Pcm heard_through_device(const Pcm& voice, const Room& room = {});

}  // namespace earshot::fakes
