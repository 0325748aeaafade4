#include "common/audio/voice_band.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earshot {

namespace {

// Nothing of 8 kHz and below is left, nothing of 9.4 kHz and above is lost.
constexpr double kCutOffHz = 8700;
constexpr int kWidthHz = 250;        // sets the number of taps; a Blackman window: -74 dB
constexpr std::size_t kEach = 8;     // every 8th sample of the filtered sound is enough to know its energy
constexpr double kBelowAll = 0.001;  // -30 dB
constexpr double kAudible = 8;       // RMS in sample units: the least that counts

// A delta less a windowed-sinc low pass. Of odd length, symmetric.
std::vector<float> high_pass(int rate_hz) {
  const int half = rate_hz / kWidthHz / 2;
  const double cut_off = kCutOffHz / rate_hz;
  std::vector<double> low;
  double sum = 0;
  for (int i = -half; i <= half; ++i) {
    const double x = std::numbers::pi * i;
    const double sinc = i == 0 ? 2 * cut_off : std::sin(2 * x * cut_off) / x;
    const double phase = x / (half + 1);
    const double blackman = 0.42 + 0.5 * std::cos(phase) + 0.08 * std::cos(2 * phase);
    low.push_back(sinc * blackman);
    sum += low.back();
  }
  std::vector<float> taps;
  for (int i = -half; i <= half; ++i) {
    const double rest = low[static_cast<std::size_t>(i + half)] / sum;
    taps.push_back(static_cast<float>((i == 0 ? 1 : 0) - rest));
  }
  return taps;
}

}  // namespace

VoiceBand::VoiceBand(int sample_rate_hz) : sample_rate_hz_(sample_rate_hz) {
  if (sample_rate_hz > 2 * kCutOffHz) high_pass_ = high_pass(sample_rate_hz);
}

VoiceBand::Band VoiceBand::of(std::span<const std::int16_t> frame) {
  if (high_pass_.empty()) return Band::kAll;
  const Milliseconds length(frame.size() * 1000 / static_cast<std::size_t>(sample_rate_hz_));
  held_ = sounds_high(frame) ? kHold : std::max(held_ - length, Milliseconds(0));
  return held_ > Milliseconds(0) ? Band::kAll : Band::kWide;
}

bool VoiceBand::sounds_high(std::span<const std::int16_t> frame) const {
  double high = 0;
  double all = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at + high_pass_.size() <= frame.size(); at += kEach, ++count) {
    float filtered = 0;
    for (std::size_t i = 0; i < high_pass_.size(); ++i)
      filtered += high_pass_[i] * static_cast<float>(frame[at + i]);
    high += static_cast<double>(filtered) * static_cast<double>(filtered);
    all += static_cast<double>(frame[at]) * static_cast<double>(frame[at]);
  }
  return high > all * kBelowAll && high > kAudible * kAudible * static_cast<double>(count);
}

OpusEncoderConfig::Band band_of(const Pcm& clip) {
  VoiceBand band(clip.sample_rate_hz);
  const auto frame = static_cast<std::size_t>(samples_per_frame(clip.sample_rate_hz, 60));
  for (std::size_t at = 0; at + frame <= clip.samples.size(); at += frame) {
    if (band.of(std::span(clip.samples).subspan(at, frame)) == OpusEncoderConfig::Band::kAll)
      return OpusEncoderConfig::Band::kAll;
  }
  return OpusEncoderConfig::Band::kWide;
}

}  // namespace earshot
