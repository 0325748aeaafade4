#include "worker/providers/tts/espeak_voice.h"

#include <espeak-ng/speak_lib.h>

#include <algorithm>
#include <cctype>

namespace earshot::worker {

namespace {

constexpr int kBufferMs = 60;
// Mandarin reaches full scale; resampling overshoots, so the peaks are lowered by 2 dB.
constexpr int kGainPercent = 80;

struct Speaking {
  SynthesisJob& job;
  int sample_rate_hz;
};

int on_samples(short* samples, int count, espeak_EVENT* events) {
  auto& speaking = *static_cast<Speaking*>(events->user_data);
  if (!speaking.job.wanted()) return 1;  // stop
  if (samples == nullptr || count <= 0) return 0;
  Pcm piece{.samples = std::vector<std::int16_t>(static_cast<std::size_t>(count)),
            .sample_rate_hz = speaking.sample_rate_hz};
  std::transform(samples, samples + count, piece.samples.begin(),
                 [](short sample) { return static_cast<std::int16_t>(sample * kGainPercent / 100); });
  speaking.job.audio(std::move(piece));
  return 0;
}

bool choose_voice(const std::string& language) {
  for (const std::string& name : espeak_voices_for(language)) {
    if (espeak_SetVoiceByName(name.c_str()) == EE_OK) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> espeak_voices_for(const std::string& language) {
  std::string tag = language;
  std::transform(tag.begin(), tag.end(), tag.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  const std::string primary = tag.substr(0, tag.find('-'));
  if (primary == "zh" || primary == "cmn") {
    const bool cantonese = tag.starts_with("zh-hk") || tag.starts_with("zh-mo") || tag.starts_with("zh-yue");
    return {cantonese ? "yue" : "cmn-latn-pinyin"};
  }
  if (tag == primary) return {tag, "en-us"};
  return {tag, primary, "en-us"};
}

Result<EspeakVoice> EspeakVoice::load() {
  static const int rate = [] {
    const int started =
        espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, kBufferMs, nullptr, espeakINITIALIZE_DONT_EXIT);
    if (started > 0) espeak_SetSynthCallback(&on_samples);
    return started;
  }();
  if (rate <= 0)
    return Error{ErrorCode::kUnavailable, "espeak-ng cannot start: is the package espeak-ng-data installed?"};
  return EspeakVoice(rate);
}

void EspeakVoice::speak(SynthesisJob& job) const {
  if (!job.wanted()) return job.done(kDone);
  if (!choose_voice(job.request().language)) {
    return job.done(
        Error{ErrorCode::kNotFound, "espeak-ng has no voice for '" + job.request().language + "'"});
  }
  Speaking speaking{job, sample_rate_hz_};
  const std::string& text = job.request().text;
  const auto failure =
      espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &speaking);
  if (failure != EE_OK) return job.done(Error{ErrorCode::kInternal, "espeak-ng failed on a sentence"});
  job.done(kDone);
}

}  // namespace earshot::worker
