// The real detector on mixes of synthetic speech and noise, through a device's encoder.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/embedded_vad.h"
#include "worker/providers/vad/energy_vad.h"

namespace earshot::worker {
namespace {

using earshot::fakes::heard_through_device;
using earshot::fakes::say;
using earshot::fakes::Speaker;

std::unique_ptr<Vad> make_vad() {
  return make_embedded_vad({}).value()->create();
}

// Share of the frames of `pcm` between two times that are taken for speech.
double speech_share(Vad& vad, const Pcm& pcm, double from_s = 0, double to_s = 1e9) {
  int speech = 0;
  int frames = 0;
  for (std::size_t at = 0; at + kVadFrameSamples <= pcm.samples.size(); at += kVadFrameSamples) {
    const bool is_speech = vad.is_speech(std::span(pcm.samples).subspan(at, kVadFrameSamples));
    const double time_s = static_cast<double>(at) / kVadSampleRateHz;
    if (time_s < from_s || time_s >= to_s) continue;
    speech += is_speech;
    ++frames;
  }
  return frames == 0 ? 0 : double{1} * speech / frames;
}

Pcm noise(double rms, double seconds, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, rms);
  Pcm pcm{.samples = std::vector<std::int16_t>(static_cast<std::size_t>(seconds * kVadSampleRateHz)),
          .sample_rate_hz = kVadSampleRateHz};
  for (auto& sample : pcm.samples)
    sample = static_cast<std::int16_t>(std::clamp(normal(random), -32000.0, 32000.0));
  return pcm;
}

struct Mix {
  const char* name;
  Speaker speaker;
  double gain;
  double noise_rms;
};
class VadOnMixes : public testing::TestWithParam<Mix> {};

TEST_P(VadOnMixes, HearsTheVoiceAndNotTheRoom) {
  const Mix mix = GetParam();
  const Pcm voice = say(mix.speaker, "what is the weather like in the mountains today");
  const double length_s = static_cast<double>(voice.samples.size()) / kVadSampleRateHz;
  const Pcm heard = heard_through_device(
      voice,
      {.silence_before_ms = 1500, .silence_after_ms = 1500, .gain = mix.gain, .noise_rms = mix.noise_rms});
  EXPECT_GT(speech_share(*make_vad(), heard, 1.6, 1.4 + length_s), 0.6);
  EXPECT_LT(speech_share(*make_vad(), heard, 0.5, 1.4), 0.1);
  EXPECT_LT(speech_share(*make_vad(), heard, 2.0 + length_s), 0.1);
}

INSTANTIATE_TEST_SUITE_P(All, VadOnMixes,
                         testing::Values(Mix{"quiet_room", Speaker::kSlt, 1, 5},
                                         Mix{"male", Speaker::kRms, 1, 5},
                                         Mix{"far_away", Speaker::kSlt, 0.15, 3},
                                         Mix{"white_noise", Speaker::kSlt, 1, 200},
                                         Mix{"robot", Speaker::kEspeakUs, 1, 5}),
                         [](const testing::TestParamInfo<Mix>& mix) { return std::string(mix.param.name); });

TEST(EmbeddedVad, TakesNoiseOfAnyLoudnessForNoise) {
  for (const double rms : {1.0, 30.0, 300.0, 3000.0}) {
    auto vad = make_vad();
    EXPECT_LT(speech_share(*vad, noise(rms, 6, 1), 2.5), 0.1) << rms;
  }
}

TEST(EmbeddedVad, HearsALongSentenceToItsEnd) {
  const Pcm voice =
      say(Speaker::kRms,
          "we went down to the river in the morning and looked for the boat that my brother had left there "
          "when he came home from the mountains with all of his friends a long time ago");
  const double length_s = static_cast<double>(voice.samples.size()) / kVadSampleRateHz;
  ASSERT_GT(length_s, 7);
  EXPECT_GT(speech_share(*make_vad(), heard_through_device(voice), length_s - 3, length_s), 0.6);
}

TEST(EmbeddedVad, TakesDigitalSilenceForNoise) {
  EXPECT_EQ(speech_share(*make_vad(), noise(0, 2, 1)), 0);
}

TEST(EmbeddedVad, HearsQuietSpeechAfterALoudRoomWhenReset) {
  const Pcm quiet =
      heard_through_device(say(Speaker::kSlt, "turn down the volume"), {.gain = 0.1, .noise_rms = 2});
  auto fresh = make_vad();
  const double expected = speech_share(*fresh, quiet);
  auto used = make_vad();
  speech_share(*used, noise(3000, 5, 1));
  used->reset();
  EXPECT_NEAR(speech_share(*used, quiet), expected, 0.05);
  EXPECT_GT(expected, 0.3);
}

TEST(EmbeddedVad, RefusesSettingsOutOfRange) {
  EXPECT_FALSE(make_embedded_vad({.webrtc_mode = 4}).ok());
  EXPECT_FALSE(make_embedded_vad({.webrtc_mode = -1}).ok());
  EXPECT_FALSE(make_embedded_vad({.energy_margin_db = -1}).ok());
}

TEST(EnergyVad, FollowsAFanThatIsSwitchedOnAndOff) {
  EnergyVad energy(8);
  const Pcm fan = noise(400, 20, 2);
  const auto share = [&](double from_s, double to_s) {
    int loud = 0;
    int frames = 0;
    for (double at_s = from_s; at_s < to_s; at_s += 0.02) {
      const auto at = static_cast<std::size_t>(at_s * kVadSampleRateHz);
      loud += energy.is_speech(std::span(fan.samples).subspan(at, kVadFrameSamples));
      ++frames;
    }
    return double{1} * loud / frames;
  };
  share(0, 2.5);
  EXPECT_LT(share(2.5, 5), 0.05);
  const Pcm hush = noise(5, 1, 3);
  for (std::size_t at = 0; at + kVadFrameSamples <= hush.samples.size(); at += kVadFrameSamples) {
    energy.is_speech(std::span(hush.samples).subspan(at, kVadFrameSamples));
  }
  EXPECT_GT(share(10, 10.2), 0.9);  // louder than the room has become
}

}  // namespace
}  // namespace earshot::worker
