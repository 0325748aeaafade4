#include "tests/fakes/speech_maker.h"

#include <algorithm>
#include <memory>
#include <random>
#include <span>

#include <espeak-ng/speak_lib.h>
#include <flite/flite.h>

#include "common/audio/opus_decoder.h"
#include "common/audio/opus_encoder.h"
#include "common/audio/resampler.h"
#include "common/base/check.h"

extern "C" {
cst_voice* register_cmu_us_slt(const char* voxdir);
cst_voice* register_cmu_us_rms(const char* voxdir);
cst_voice* register_cmu_us_awb(const char* voxdir);
cst_voice* register_cmu_us_kal16(const char* voxdir);
}

namespace earshot::fakes {

namespace {

constexpr int kRateHz = 16000;

Pcm flite(cst_voice* voice, const std::string& text) {
  const std::unique_ptr<cst_wave, decltype([](cst_wave* wave) { delete_wave(wave); })> wave(
      flite_text_to_wave(text.c_str(), voice));
  EARSHOT_CHECK(wave != nullptr, "flite speaks");
  return {.samples = std::vector<std::int16_t>(wave->samples, wave->samples + wave->num_samples),
          .sample_rate_hz = wave->sample_rate};
}

int collect(short* samples, int count, espeak_EVENT* events) {
  auto& pcm = *static_cast<Pcm*>(events->user_data);
  if (samples != nullptr) pcm.samples.insert(pcm.samples.end(), samples, samples + count);
  return 0;
}

Pcm espeak(const char* voice, const std::string& text) {
  static const int rate_hz = [] {
    const int started = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 60, nullptr, espeakINITIALIZE_DONT_EXIT);
    espeak_SetSynthCallback(&collect);
    return started;
  }();
  EARSHOT_CHECK(rate_hz > 0 && espeak_SetVoiceByName(voice) == EE_OK,
                "espeak-ng and its voice are installed");
  Pcm pcm{.samples = {}, .sample_rate_hz = rate_hz};
  espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &pcm);
  // Full scale would clip in the encoder.
  for (std::int16_t& sample : pcm.samples) sample = static_cast<std::int16_t>(sample * 7 / 10);
  return pcm;
}

}  // namespace

std::string_view name(Speaker speaker) {
  switch (speaker) {
    case Speaker::kSlt:
      return "slt";
    case Speaker::kRms:
      return "rms";
    case Speaker::kAwb:
      return "awb";
    case Speaker::kKal16:
      return "kal16";
    case Speaker::kEspeakUs:
      return "espeak-en-us";
    case Speaker::kEspeakUsFemale:
      return "espeak-en-us+f3";
    case Speaker::kEspeakGb:
      return "espeak-en-gb";
  }
  return "";
}

Pcm say_at_own_rate(Speaker speaker, const std::string& text) {
  static const bool ready = [] {
    flite_init();
    return true;
  }();
  EARSHOT_CHECK(ready, "flite started");
  switch (speaker) {
    case Speaker::kSlt:
      return flite(register_cmu_us_slt(nullptr), text);
    case Speaker::kRms:
      return flite(register_cmu_us_rms(nullptr), text);
    case Speaker::kAwb:
      return flite(register_cmu_us_awb(nullptr), text);
    case Speaker::kKal16:
      return flite(register_cmu_us_kal16(nullptr), text);
    case Speaker::kEspeakUs:
      return espeak("en-us", text);
    case Speaker::kEspeakUsFemale:
      return espeak("en-us+f3", text);
    case Speaker::kEspeakGb:
      return espeak("en", text);
  }
  return {};
}

Pcm say(Speaker speaker, const std::string& text) {
  return resample(say_at_own_rate(speaker, text), kRateHz).value();
}

Pcm heard_through_device(const Pcm& voice, const Room& room) {
  std::vector<double> air(static_cast<std::size_t>(room.silence_before_ms * kRateHz / 1000), 0);
  for (const std::int16_t sample : voice.samples) air.push_back(sample * room.gain);
  air.resize(air.size() + static_cast<std::size_t>(room.silence_after_ms * kRateHz / 1000), 0);
  auto encoder = OpusEncoder::create(device_uplink_opus()).value();
  auto decoder = OpusDecoder::create(kRateHz, 60).value();
  const auto frame_samples = static_cast<std::size_t>(encoder.frame_samples());
  air.resize((air.size() + frame_samples - 1) / frame_samples * frame_samples, 0);

  std::mt19937 random(room.seed);
  std::normal_distribution<double> noise(0, room.noise_rms);
  std::vector<std::int16_t> microphone;
  for (const double pressure : air) {
    microphone.push_back(static_cast<std::int16_t>(std::clamp(pressure + noise(random), -32768.0, 32767.0)));
  }
  Pcm heard{.samples = {}, .sample_rate_hz = kRateHz};
  for (std::size_t at = 0; at < microphone.size(); at += frame_samples) {
    const Bytes packet = encoder.encode(std::span(microphone).subspan(at, frame_samples)).value();
    const Pcm frame = decoder.decode(packet).value();
    heard.samples.insert(heard.samples.end(), frame.samples.begin(), frame.samples.end());
  }
  return heard;
}

}  // namespace earshot::fakes
