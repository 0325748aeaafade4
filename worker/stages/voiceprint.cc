#include "worker/stages/voiceprint.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace earshot::worker {

namespace {

constexpr float kRounding = 1e-3F;  // of a length of 1, after a way through a database

bool is_whole(const Voiceprint& print) {
  const float length = std::sqrt(similarity(print, print));
  return std::abs(length - 1) < kRounding;  // false for what is no number
}

}  // namespace

float similarity(const Voiceprint& one, const Voiceprint& other) {
  return std::inner_product(one.begin(), one.end(), other.begin(), 0.0F);
}

Result<Voiceprint> enrol(std::span<const Voiceprint> sentences) {
  if (sentences.empty()) return Error{ErrorCode::kInvalid, "no sentence to know the voice by"};
  Voiceprint sum{};
  for (const Voiceprint& print : sentences) {
    if (!is_whole(print)) return Error{ErrorCode::kInvalid, "a voiceprint is broken"};
    std::ranges::transform(sum, print, sum.begin(), std::plus<>());
  }
  const float length = std::sqrt(similarity(sum, sum));
  if (!(length > kRounding)) return Error{ErrorCode::kInvalid, "the sentences are of several voices"};
  for (float& number : sum) number /= length;
  const bool one_voice =
      std::ranges::all_of(sentences, [&](const Voiceprint& print) { return verify(sum, print); });
  if (!one_voice) return Error{ErrorCode::kInvalid, "the sentences are of several voices"};
  return sum;
}

bool verify(const Voiceprint& enrolled, const Voiceprint& heard) {
  return similarity(enrolled, heard) >= kSameVoice;
}

std::optional<VoiceMatch> identify(std::span<const Voiceprint> enrolled, const Voiceprint& heard) {
  std::optional<VoiceMatch> nearest;
  for (std::size_t i = 0; i < enrolled.size(); ++i) {
    const float near = similarity(enrolled[i], heard);
    if (near >= kSameVoice && (!nearest || near > nearest->similarity))
      nearest = {.index = i, .similarity = near};
  }
  return nearest;
}

}  // namespace earshot::worker
