// Who speaks? A voiceprint says it in 256 numbers: those of one person are near each other. Not a stage that a turn
// waits for: it is asked beside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::worker {

inline constexpr int kVoiceprintSampleRateHz = 16000;
// Less speech than this, silence left out, says nothing sure of a voice. The encoder looks at 1.6 s at a time; clips
// from 1 s on were told apart when the threshold was found.
inline constexpr Milliseconds kLeastVoiceprintSpeech{1000};
// What is beyond is not looked at: a voice is known by then, and the cost is bounded.
inline constexpr Milliseconds kMostVoiceprintSpeech{20'000};

using Voiceprint = std::array<float, 256>;  // of length 1

// Two voiceprints at least so near are of one person: at 0.66 as many pairs were wrong on one side as on the other
// (2.1 %; 39 clean recordings of 1 to 5 s, 11 speakers, English and Chinese; same speaker 0.82 on average and 0.63 at
// least, others 0.47 and 0.71 at most). Few speakers: a convenience, not a lock.
inline constexpr float kSameVoice = 0.66F;

class VoiceprintEngine {
 public:
  virtual ~VoiceprintEngine() = default;
  // Any thread of the pool, several at a time. Blocks for some 20 ms a second of speech.
  // REQUIRES: 16 kHz, mono. Any length; no more than a minute is looked through.
  // Errors: kInvalid: too little speech in it.
  virtual Result<Voiceprint> embed(std::span<const std::int16_t> pcm) const = 0;
};

// From -1 to 1: the cosine of the angle between them.
float similarity(const Voiceprint& one, const Voiceprint& other);

// What is kept of a person who has spoken some sentences: the mean.
// Errors: kInvalid: there is none, one is broken (of another length, or no number), or they are of several voices.
Result<Voiceprint> enrol(std::span<const Voiceprint> sentences);

bool verify(const Voiceprint& enrolled, const Voiceprint& heard);

struct VoiceMatch {
  std::size_t index = 0;  // among those that were asked about
  float similarity = 0;
};
// RETURNS: the nearest, if it is near enough; nullopt: a stranger.
std::optional<VoiceMatch> identify(std::span<const Voiceprint> enrolled, const Voiceprint& heard);

}  // namespace earshot::worker
