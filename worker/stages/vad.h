// Voice activity: is there speech in this piece of audio? The first stage of a turn.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace earshot::worker {

inline constexpr int kVadSampleRateHz = 16000;
inline constexpr int kVadFrameMs = 20;
inline constexpr int kVadFrameSamples = kVadSampleRateHz / 1000 * kVadFrameMs;

// Pure: one instance a session, called in order from one thread at a time.
class Vad {
 public:
  virtual ~Vad() = default;
  // REQUIRES: frame.size() == kVadFrameSamples.
  virtual bool is_speech(std::span<const std::int16_t> frame) = 0;
  virtual void reset() = 0;  // forget the adapted noise floor: a new utterance from another encoder state
};

class VadProvider {
 public:
  virtual ~VadProvider() = default;
  virtual std::unique_ptr<Vad> create() = 0;
};

}  // namespace earshot::worker
