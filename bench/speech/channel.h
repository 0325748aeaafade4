// What lies between a mouth and a recogniser: nothing, a codec, or a noisy room. Deterministic.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/audio/pcm.h"

namespace earshot::bench {

enum class Channel : std::uint8_t {
  kClean,
  kOpus,     // 16 kbit/s, packets of 60 ms, complexity 0, as a small device encodes
  kNoise20,  // white noise, 20 dB below the speech
  kNoise10,  // the same, 10 dB
};
inline constexpr std::array kChannels = {Channel::kClean, Channel::kOpus, Channel::kNoise20,
                                         Channel::kNoise10};
std::string_view name(Channel channel);

// With 300 ms of room before and behind it, as a conversation hands an utterance over. The level of the speech is that
// of its loud frames (the mean above a hundredth of the loudest).
Pcm through(Channel channel, const Pcm& voice_16khz);

}  // namespace earshot::bench
