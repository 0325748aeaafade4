// Speech that can be told apart by ear: each question and each answer sounds in one of eight tones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/base/bytes.h"

namespace earshot::simulation {

inline constexpr int kTones = 8;
inline constexpr int kFrameMs = 60;

// Sound of `tone`, loud as speech.
std::vector<std::int16_t> tone_sound(int tone, int rate_hz, int milliseconds);

// What a device sends while a user speaks in `tone`, frame by frame; encoded once for all worlds.
const Bytes& tone_packet(int tone, int frame);
const Bytes& silence_packet();

// Which tones a piece of sound holds, added up.
class ToneMeter {
 public:
  void hear(std::span<const std::int16_t> pcm, int rate_hz);
  // The strongest; nullopt: silence so far.
  std::optional<int> tone() const;
  // All that sounded for at least `milliseconds`, in the order in which they began.
  std::vector<int> tones(int milliseconds) const;

 private:
  std::array<int, kTones> heard_ms_{};
  std::vector<int> order_;
};

}  // namespace earshot::simulation
