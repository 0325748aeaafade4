#include "tests/simulation/tones.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/audio/opus_encoder.h"

namespace earshot::simulation {

namespace {

constexpr int kUplinkRateHz = 16000;
constexpr int kCachedFrames = 30;  // and from the beginning again
constexpr double kAmplitude = 9000;
constexpr double kAudible = 800;  // of a tone's amplitude

double frequency_of(int tone) {
  return 400.0 + 200.0 * tone;
}

// Of one tone in a piece of sound (Goertzel).
double amplitude_of(int tone, std::span<const std::int16_t> pcm, int rate_hz) {
  const double factor = 2 * std::cos(2 * std::numbers::pi * frequency_of(tone) / rate_hz);
  double before = 0;
  double before_that = 0;
  for (const std::int16_t sample : pcm) {
    const double now = sample + factor * before - before_that;
    before_that = before;
    before = now;
  }
  const double power = before * before + before_that * before_that - factor * before * before_that;
  return 2 * std::sqrt(std::max(0.0, power)) / static_cast<double>(pcm.size());
}

std::vector<Bytes> encoded(const std::vector<std::int16_t>& sound) {
  auto encoder = OpusEncoder::create(device_uplink_opus(kFrameMs));
  const auto frame = static_cast<std::size_t>(encoder->frame_samples());
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at + frame <= sound.size(); at += frame)
    packets.push_back(*encoder->encode(std::span(sound).subspan(at, frame)));
  return packets;
}

}  // namespace

std::vector<std::int16_t> tone_sound(int tone, int rate_hz, int milliseconds) {
  std::vector<std::int16_t> sound(static_cast<std::size_t>(rate_hz / 1000 * milliseconds));
  const double step = 2 * std::numbers::pi * frequency_of(tone) / rate_hz;
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] = static_cast<std::int16_t>(kAmplitude * std::sin(step * static_cast<double>(i)));
  return sound;
}

const Bytes& tone_packet(int tone, int frame) {
  static const auto packets = [] {
    std::array<std::vector<Bytes>, kTones> all;
    for (int i = 0; i < kTones; ++i)
      all[static_cast<std::size_t>(i)] = encoded(tone_sound(i, kUplinkRateHz, kCachedFrames * kFrameMs));
    return all;
  }();
  return packets[static_cast<std::size_t>(tone)][static_cast<std::size_t>(frame % kCachedFrames)];
}

const Bytes& silence_packet() {
  static const Bytes packet =
      encoded(std::vector<std::int16_t>(static_cast<std::size_t>(kUplinkRateHz / 1000 * kFrameMs))).front();
  return packet;
}

void ToneMeter::hear(std::span<const std::int16_t> pcm, int rate_hz) {
  if (pcm.empty()) return;
  int best = 0;
  double most = 0;
  for (int tone = 0; tone < kTones; ++tone) {
    const double amplitude = amplitude_of(tone, pcm, rate_hz);
    if (amplitude > most) {
      most = amplitude;
      best = tone;
    }
  }
  if (most < kAudible) return;
  int& heard = heard_ms_[static_cast<std::size_t>(best)];
  if (heard == 0) order_.push_back(best);
  heard += static_cast<int>(pcm.size()) * 1000 / rate_hz;
}

std::optional<int> ToneMeter::tone() const {
  const auto most = std::ranges::max_element(heard_ms_);
  return *most == 0 ? std::nullopt : std::optional(static_cast<int>(most - heard_ms_.begin()));
}

std::vector<int> ToneMeter::tones(int milliseconds) const {
  std::vector<int> out;
  for (const int tone : order_) {
    if (heard_ms_[static_cast<std::size_t>(tone)] >= milliseconds) out.push_back(tone);
  }
  return out;
}

}  // namespace earshot::simulation
