// What is said with one kind of recognition service in one utterance. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "worker/providers/net/ws_dialogue.h"

namespace earshot::worker {

inline constexpr std::size_t kMaxAsrMessageBytes = 1024 * 1024;  // a message of a service

// s16le, as services want it.
inline std::string pcm_bytes(std::span<const std::int16_t> pcm) {
  std::string bytes;
  bytes.reserve(pcm.size() * 2);
  for (const std::int16_t sample : pcm) {
    const auto bits = static_cast<std::uint16_t>(sample);
    bytes += static_cast<char>(bits & 0xFF);
    bytes += static_cast<char>(bits >> 8);
  }
  return bytes;
}

class AsrDialogue : public WsDialogue {
 public:
  virtual WsMessage audio(std::span<const std::int16_t> pcm_16khz) {
    return {.binary = true, .bytes = pcm_bytes(pcm_16khz)};
  }
  virtual std::string transcript() const = 0;      // so far
  virtual double confidence() const { return 0; }  // 0: the service gives none
};

}  // namespace earshot::worker
