// Sounds of a room that are no words: synthesised, so that a seed says all of it. No recording is in them;
// they have the course of level and the spectrum of what they stand for, nothing finer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/audio/pcm.h"

namespace earshot::bench {

enum class Noise : std::uint8_t {
  kCough,  // two or three bursts of throat noise, each with a short voiced tail
  kClap,   // one to three, some ms long, with the room's echo
  kSlam,   // a door: a click, then a damped low thud
  kBark,   // one to three, harmonic, of falling pitch
};
inline constexpr std::array kNoises = {Noise::kCough, Noise::kClap, Noise::kSlam, Noise::kBark};
std::string_view name(Noise noise);

// 16 kHz, loudest sample about `peak`; different for each seed.
Pcm make_noise(Noise noise, unsigned seed, double peak = 12'000);

}  // namespace earshot::bench
