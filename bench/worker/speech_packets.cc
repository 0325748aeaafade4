#include "bench/worker/speech_packets.h"

#include <algorithm>
#include <random>
#include <span>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::bench {

namespace {

constexpr int kRateHz = 16000;
constexpr double kRoomRms = 5;  // a quiet microphone, in sample units
constexpr int kSilencePackets = 2000 / kPacketMs;

}  // namespace

Result<UserSpeech> make_user_speech() {
  Pcm voice = fakes::say(fakes::Speaker::kSlt,
                         "I would like to know what the weather will be like in the mountains tomorrow "
                         "afternoon, please");
  auto encoder = OpusEncoder::create(device_uplink_opus(kPacketMs));
  if (!encoder) return encoder.error();
  const std::size_t frame = kRateHz / 1000 * kPacketMs;
  const std::size_t packets = (voice.samples.size() + frame - 1) / frame;
  voice.samples.resize((packets + kSilencePackets) * frame);
  std::mt19937 random(1);
  std::normal_distribution<double> room(0, kRoomRms);
  for (std::int16_t& sample : voice.samples) {
    sample = static_cast<std::int16_t>(std::clamp(sample + room(random), -32768.0, 32767.0));
  }
  UserSpeech speech;
  for (std::size_t i = 0; i < packets + kSilencePackets; ++i) {
    auto packet = encoder->encode(std::span(voice.samples).subspan(i * frame, frame));
    if (!packet) return packet.error();
    (i < packets ? speech.speech : speech.silence).push_back(std::move(*packet));
  }
  return speech;
}

}  // namespace earshot::bench
