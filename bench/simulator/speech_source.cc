#include "bench/simulator/speech_source.h"

#include <espeak-ng/speak_lib.h>
#include <flite/flite.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "common/audio/resampler.h"
#include "common/audio/wav.h"

// Debian's flite has no header for these.
extern "C" {
cst_voice* register_cmu_us_slt(const char* directory);
cst_voice* register_cmu_us_rms(const char* directory);
cst_voice* register_cmu_us_awb(const char* directory);
cst_voice* register_cmu_us_kal16(const char* directory);
void unregister_cmu_us_slt(cst_voice* voice);
void unregister_cmu_us_rms(cst_voice* voice);
void unregister_cmu_us_awb(cst_voice* voice);
void unregister_cmu_us_kal16(cst_voice* voice);
}

namespace earshot::simulator {

namespace {

constexpr int kMicrophoneHz = 16000;

struct FliteVoice {
  std::string_view name;
  cst_voice* (*open)(const char*);
  void (*close)(cst_voice*);
};
constexpr std::array<FliteVoice, 4> kFliteVoices{{
    {"slt", register_cmu_us_slt, unregister_cmu_us_slt},
    {"rms", register_cmu_us_rms, unregister_cmu_us_rms},
    {"awb", register_cmu_us_awb, unregister_cmu_us_awb},
    {"kal16", register_cmu_us_kal16, unregister_cmu_us_kal16},
}};

Result<Pcm> speak_flite(const std::string& text, const FliteVoice& choice) {
  flite_init();
  const std::unique_ptr<cst_voice, void (*)(cst_voice*)> voice(choice.open(nullptr), choice.close);
  if (!voice) return Error{ErrorCode::kInternal, "flite cannot open its voice"};
  const std::unique_ptr<cst_wave, void (*)(cst_wave*)> wave(flite_text_to_wave(text.c_str(), voice.get()),
                                                            delete_wave);
  if (!wave || wave->num_samples <= 0) return Error{ErrorCode::kInternal, "flite said nothing"};
  const std::span<const short> samples(wave->samples, static_cast<std::size_t>(wave->num_samples));
  return Pcm{.samples = {samples.begin(), samples.end()}, .sample_rate_hz = wave->sample_rate};
}

int collect(short* samples, int count, espeak_EVENT* events) {
  auto& out = *static_cast<std::vector<std::int16_t>*>(events->user_data);
  if (samples) out.insert(out.end(), samples, samples + count);
  return 0;
}

Result<Pcm> speak_espeak(const std::string& text, const char* language) {
  // Once a process and never ended: 1.51 hangs in its second espeak_Terminate().
  static const int rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT);
  if (rate <= 0) return Error{ErrorCode::kInternal, "espeak-ng cannot start"};
  espeak_SetSynthCallback(collect);
  Pcm clip{.samples = {}, .sample_rate_hz = rate};
  const bool said = espeak_SetVoiceByName(language) == EE_OK &&
                    espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                                 nullptr, &clip.samples) == EE_OK &&
                    espeak_Synchronize() == EE_OK;
  if (!said || clip.samples.empty()) return Error{ErrorCode::kInternal, "espeak-ng said nothing"};
  return clip;
}

Result<Pcm> for_microphone(Result<Pcm> clip) {
  if (!clip) return clip;
  auto resampled = resample(*clip, kMicrophoneHz);
  if (!resampled) return resampled;
  Pcm speech = trim_silence(*resampled);
  if (speech.samples.empty()) return Error{ErrorCode::kInvalid, "there is no sound in it"};
  return speech;
}

}  // namespace

Result<Pcm> speak(const std::string& text, const std::string& voice) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return Error{ErrorCode::kInvalid, "no text to say"};
  for (const FliteVoice& choice : kFliteVoices) {
    if (choice.name == voice) return for_microphone(speak_flite(text, choice));
  }
  if (voice == "espeak-us") return for_microphone(speak_espeak(text, "gmw/en-US"));
  if (voice == "espeak-gb") return for_microphone(speak_espeak(text, "gmw/en"));
  return Error{ErrorCode::kInvalid, "no voice \"" + voice + "\""};
}

Result<Pcm> read_speech(const std::string& wav_path) {
  return for_microphone(read_wav_file(wav_path));
}

Pcm trim_silence(const Pcm& clip) {
  constexpr int kSoundLevel = 164;  // -46 dBFS: under every phoneme of the voices, over their noise floor
  const auto sounds = [](std::int16_t sample) { return std::abs(int{sample}) > kSoundLevel; };
  const auto first = std::find_if(clip.samples.begin(), clip.samples.end(), sounds);
  const auto last = std::find_if(clip.samples.rbegin(), clip.samples.rend(), sounds).base();
  Pcm out{.samples = {}, .sample_rate_hz = clip.sample_rate_hz};
  if (first == clip.samples.end()) return out;
  // The last consonant fades below the level: a little more stays.
  const std::ptrdiff_t fade = std::min<std::ptrdiff_t>(clip.sample_rate_hz / 20, clip.samples.end() - last);
  out.samples.assign(first, last + fade);
  return out;
}

}  // namespace earshot::simulator
