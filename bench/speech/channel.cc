#include "bench/speech/channel.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "common/audio/opus_decoder.h"
#include "common/audio/opus_encoder.h"

namespace earshot::bench {

namespace {

constexpr std::size_t kAround = 300 * 16;  // samples of room
constexpr std::size_t kLevelFrame = 20 * 16;
constexpr int kCodecPacketMs = 60;
constexpr double kQuietRoom = 3;  // RMS of a good microphone, in sample units

double speech_rms(const std::vector<std::int16_t>& samples) {
  std::vector<double> powers;
  for (std::size_t at = 0; at + kLevelFrame <= samples.size(); at += kLevelFrame) {
    double power = 0;
    for (std::size_t i = at; i < at + kLevelFrame; ++i) power += static_cast<double>(samples[i]) * samples[i];
    powers.push_back(power / kLevelFrame);
  }
  if (powers.empty()) return 0;
  const double least = *std::ranges::max_element(powers) / 100;
  double sum = 0;
  std::size_t loud = 0;
  for (const double power : powers) {
    if (power < least) continue;
    sum += power;
    ++loud;
  }
  return std::sqrt(sum / static_cast<double>(loud));
}

Pcm in_room(const Pcm& voice, double noise_rms) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, noise_rms);
  Pcm heard;
  heard.samples.reserve(voice.samples.size() + 2 * kAround);
  for (std::size_t i = 0; i < voice.samples.size() + 2 * kAround; ++i) {
    const bool spoken = i >= kAround && i - kAround < voice.samples.size();
    const double pressure = (spoken ? voice.samples[i - kAround] : 0) + noise(random);
    heard.samples.push_back(static_cast<std::int16_t>(std::clamp(pressure, -32768.0, 32767.0)));
  }
  return heard;
}

Pcm coded(Pcm sound) {
  OpusEncoderConfig config = device_uplink_opus(kCodecPacketMs);
  config.bitrate_bps = 16'000;
  auto encoder = OpusEncoder::create(config).value();
  auto decoder = OpusDecoder::create(sound.sample_rate_hz, kCodecPacketMs).value();
  const auto packet = static_cast<std::size_t>(encoder.frame_samples());
  sound.samples.resize((sound.samples.size() + packet - 1) / packet * packet, 0);
  Pcm heard;
  for (std::size_t at = 0; at < sound.samples.size(); at += packet) {
    const Bytes bytes = encoder.encode(std::span(sound.samples).subspan(at, packet)).value();
    const Pcm piece = decoder.decode(bytes).value();
    heard.samples.insert(heard.samples.end(), piece.samples.begin(), piece.samples.end());
  }
  return heard;
}

}  // namespace

std::string_view name(Channel channel) {
  switch (channel) {
    case Channel::kClean:
      return "clean";
    case Channel::kOpus:
      return "Opus 16 kbit/s";
    case Channel::kNoise20:
      return "noise 20 dB";
    case Channel::kNoise10:
      return "noise 10 dB";
  }
  return "";
}

Pcm through(Channel channel, const Pcm& voice_16khz) {
  switch (channel) {
    case Channel::kClean:
      return in_room(voice_16khz, kQuietRoom);
    case Channel::kOpus:
      return coded(in_room(voice_16khz, kQuietRoom));
    case Channel::kNoise20:
      return in_room(voice_16khz, speech_rms(voice_16khz.samples) / 10);
    case Channel::kNoise10:
      return in_room(voice_16khz, speech_rms(voice_16khz.samples) / std::sqrt(10.0));
  }
  return voice_16khz;
}

}  // namespace earshot::bench
