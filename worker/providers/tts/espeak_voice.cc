#include "worker/providers/tts/espeak_voice.h"

#include <algorithm>
#include <cctype>

namespace earshot::worker {

namespace {

// Mandarin reaches full scale; resampling overshoots, so the peaks are lowered by 2 dB.
constexpr int kGainPercent = 80;

Pcm piece_of(std::span<const std::int16_t> samples, int sample_rate_hz) {
  Pcm piece{.samples = std::vector<std::int16_t>(samples.size()), .sample_rate_hz = sample_rate_hz};
  std::ranges::transform(samples, piece.samples.begin(), [](std::int16_t sample) {
    return static_cast<std::int16_t>(sample * kGainPercent / 100);
  });
  return piece;
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
  const auto espeak = Espeak::load();
  if (!espeak) return espeak.error();
  return EspeakVoice(*espeak);
}

void EspeakVoice::speak(SynthesisJob& job) const {
  if (!job.wanted()) return job.done(kDone);
  const auto on_samples = [&](std::span<const std::int16_t> samples) {
    if (!job.wanted()) return false;
    if (!samples.empty()) job.audio(piece_of(samples, espeak_.sample_rate_hz()));
    return true;
  };
  for (const std::string& voice : espeak_voices_for(job.request().language)) {
    auto said = espeak_.speak(voice, job.request().text, job.request().speed, on_samples);
    if (said || said.error().code != ErrorCode::kNotFound) return job.done(std::move(said));
  }
  job.done(Error{ErrorCode::kNotFound, "espeak-ng has no voice for '" + job.request().language + "'"});
}

}  // namespace earshot::worker
