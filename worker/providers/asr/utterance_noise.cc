#include "worker/providers/asr/utterance_noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace earshot::worker {

namespace {

constexpr std::size_t kLevelFrameSamples = 320;  // 20 ms
constexpr std::size_t kLeastFrames = 10;

}  // namespace

double speech_over_noise_db(std::span<const std::int16_t> pcm_16khz) {
  std::vector<double> powers;
  powers.reserve(pcm_16khz.size() / kLevelFrameSamples);
  for (; pcm_16khz.size() >= kLevelFrameSamples; pcm_16khz = pcm_16khz.subspan(kLevelFrameSamples)) {
    double power = 1;  // of the last bit: digital silence has a logarithm, too
    for (const std::int16_t sample : pcm_16khz.first(kLevelFrameSamples))
      power += static_cast<double>(sample) * sample;
    powers.push_back(power);
  }
  if (powers.size() < kLeastFrames) return 0;
  std::ranges::sort(powers);
  return 10 * std::log10(powers[powers.size() - 1 - powers.size() / 20] / powers[powers.size() / 10]);
}

}  // namespace earshot::worker
