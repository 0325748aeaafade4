// Takes what a loudspeaker plays out of what a microphone hears.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace earshot::worker {

inline constexpr int kEchoRateHz = 16000;
inline constexpr std::size_t kEchoPieceSamples = 160;  // 10 ms

// Pure: one instance a session, called in order from one thread at a time.
class EchoCanceller {
 public:
  virtual ~EchoCanceller() = default;
  // `played` and `heard` are of the same time, `played` at most some 150 ms ahead; what is heard is changed in
  // place.
  // REQUIRES: kEchoPieceSamples each, 16 kHz.
  virtual void cancel(std::span<const std::int16_t> played, std::span<std::int16_t> heard) = 0;
};

using EchoCancellerMaker = std::function<std::unique_ptr<EchoCanceller>()>;

}  // namespace earshot::worker
