#include "bench/turn/recorded_speech.h"

#include <random>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::bench {

namespace {

constexpr std::size_t kFrame = 320;  // 20 ms
constexpr std::size_t kInPacket = 3 * kFrame;
constexpr std::size_t kBefore = 5 * kInPacket;
constexpr std::size_t kBehind = 40 * kInPacket;
constexpr double kVoiced = 150;  // RMS; the room has 5

bool is_voiced(const std::vector<std::int16_t>& samples, std::size_t at) {
  double energy = 0;
  for (std::size_t i = at; i < at + kFrame; ++i)
    energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return energy / kFrame > kVoiced * kVoiced;
}

}  // namespace

RecordedSpeech record_speech() {
  const Pcm voice = fakes::say(fakes::Speaker::kSlt, "what time is it");
  std::vector<std::int16_t> samples(kBefore, 0);
  samples.insert(samples.end(), voice.samples.begin(), voice.samples.end());
  samples.resize((samples.size() / kInPacket + 1) * kInPacket + kBehind, 0);
  std::minstd_rand random(1);
  std::normal_distribution<double> room(0, 5);
  for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(sample + room(random));

  RecordedSpeech speech;
  auto encoder = OpusEncoder::create(device_uplink_opus(static_cast<int>(kPacket.count()))).value();
  bool begun = false;
  for (std::size_t at = 0; at < samples.size(); at += kInPacket) {
    for (std::size_t frame = at; frame < at + kInPacket; frame += kFrame) {
      if (!is_voiced(samples, frame)) continue;
      speech.last_voiced = at / kInPacket;
      if (!begun) speech.first_voiced = speech.last_voiced;
      begun = true;
    }
    speech.packets.push_back(*encoder.encode(std::span<const std::int16_t>(samples).subspan(at, kInPacket)));
  }
  return speech;
}

}  // namespace earshot::bench
