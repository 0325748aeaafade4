// Ten kinds of sound in a room that are no speech, synthesised so that a seed says all of it. No recording is in
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/audio/pcm.h"

namespace earshot::fakes {

enum class RoomSound : std::uint8_t {
  kSilence,  // digital
  kWhite,
  kBrown,  // wind, a ventilator: strong below, weak above
  kHum,    // the mains' 50 Hz with harmonics
  kTone,   // 1 kHz
  kClicks,
  kChords,  // an organ's, four voices, a chord a second
  kMotor,   // a saw-tooth of 90 to 140 Hz that labours
  kRain,    // many small bursts
  kAlarm,   // two tones in turn, as of a smoke detector
};
inline constexpr std::array kRoomSounds = {
    RoomSound::kSilence, RoomSound::kWhite,  RoomSound::kBrown, RoomSound::kHum,  RoomSound::kTone,
    RoomSound::kClicks,  RoomSound::kChords, RoomSound::kMotor, RoomSound::kRain, RoomSound::kAlarm};
std::string_view name(RoomSound sound);

// 16 kHz; loudest sample about `peak`.
Pcm room_sound(RoomSound sound, double seconds, unsigned seed, double peak = 8000);

}  // namespace earshot::fakes
