#include "worker/providers/tts/sherpa_tts.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "worker/providers/sherpa/engine_threads.h"
#include "worker/providers/tts/espeak.h"
#include "worker/providers/tts/phoneme_sentences.h"
#include "worker/providers/tts/speech_text.h"
#include "worker/providers/tts/synthesis_job.h"

namespace earshot::worker {

namespace {

Pcm to_pcm(std::span<const float> samples, int sample_rate_hz) {
  Pcm pcm{.samples = std::vector<std::int16_t>(samples.size()), .sample_rate_hz = sample_rate_hz};
  // A model may give anything; this order of comparisons makes -1 of what is no number.
  std::ranges::transform(samples, pcm.samples.begin(), [](float sample) {
    const float bounded = sample >= -1 ? std::min(sample, 1.0F) : -1.0F;
    return static_cast<std::int16_t>(bounded * 32767);
  });
  return pcm;
}

// Who tells the phonemes, to a voice that wants them.
struct Phonemes {
  Espeak espeak;
  std::string voice;
};

Result<sherpa::Speech> speech_of(const std::string& text, const std::optional<Phonemes>& phonemes) {
  sherpa::Speech speech{.text = front_of(text, kMaxTextBytes), .phonemes = {}};
  if (!phonemes) return speech;
  PhonemeSentences sentences;
  for (const SpokenClause& clause : clauses_of(speech.text)) {
    const auto ipa = phonemes->espeak.phonemes(phonemes->voice, clause.text);
    if (!ipa) return ipa.error();
    sentences.add(*ipa, clause.mark);
  }
  speech.phonemes = sentences.take();
  return speech;
}

Result<std::optional<Phonemes>> phonemes_for(const sherpa::Model& model) {
  auto voice = phoneme_voice(model);
  if (!voice) return std::optional<Phonemes>();
  auto espeak = Espeak::load();
  if (!espeak) return espeak.error();
  if (const auto tried = espeak->phonemes(*voice, "one"); !tried) return tried.error();
  return std::optional<Phonemes>(Phonemes{.espeak = *espeak, .voice = std::move(*voice)});
}

class SherpaTts final : public TtsProvider {
 public:
  SherpaTts(std::shared_ptr<sherpa::VoiceModel> voice, std::optional<Phonemes> phonemes,
            const SherpaTtsSettings& settings)
      : voice_(std::move(voice)),
        phonemes_(std::move(phonemes)),
        speaker_(settings.speaker),
        speed_(settings.speed),
        threads_(std::make_shared<sherpa::EngineThreads>(static_cast<std::size_t>(settings.parallel))) {}
  ~SherpaTts() override { sherpa::EngineThreads::retire(std::move(threads_), std::move(voice_)); }
  SherpaTts(const SherpaTts&) = delete;
  SherpaTts& operator=(const SherpaTts&) = delete;

  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                        TtsCallbacks callbacks) override {
    auto job = std::make_shared<SynthesisJob>(request, std::move(executor), std::move(callbacks));
    threads_->run([job, voice = voice_, phonemes = phonemes_, speaker = speaker_, speed = speed_] {
      if (!job->wanted()) return;
      const auto speech = speech_of(job->request().text, phonemes);
      if (!speech) return job->done(speech.error());
      if (phonemes && speech->phonemes.empty()) return job->done(kDone);
      const int speaks = chosen_speaker(job->request().voice, voice->speakers()).value_or(speaker);
      job->done(
          voice->speak(*speech, speaks, speed * job->request().speed, [&](std::span<const float> samples) {
            if (job->wanted()) job->audio(to_pcm(samples, voice->sample_rate_hz()));
            return job->wanted();
          }));
    });
    return std::make_unique<SynthesisHandle>(std::move(job));
  }

 private:
  std::shared_ptr<sherpa::VoiceModel> voice_;
  std::optional<Phonemes> phonemes_;
  int speaker_;
  double speed_;
  std::shared_ptr<sherpa::EngineThreads> threads_;
};

}  // namespace

std::optional<int> chosen_speaker(const std::string& voice, int speakers) {
  int number = 0;
  const auto [end, failure] = std::from_chars(voice.data(), voice.data() + voice.size(), number);
  const bool whole = failure == std::errc() && end == voice.data() + voice.size();
  return whole && number >= 0 && number < speakers ? std::optional(number) : std::nullopt;
}

SherpaTtsSettings read_sherpa_tts(ConfigSection& section) {
  SherpaTtsSettings settings;
  settings.model = sherpa::read_model(section, sherpa::tts_families());
  section.read("speaker", settings.speaker, {0, 10'000});
  section.read("speed", settings.speed, 0.5, 2);
  section.read("parallel", settings.parallel, {1, 64});
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_sherpa_tts(const SherpaTtsSettings& settings,
                                                     const sherpa::SherpaLibrary& library) {
  if (auto usable = check_files(settings.model); !usable) return usable.error();
  auto voice = library.load_voice(settings.model);
  if (!voice) return voice.error();
  const int speakers = std::max(1, (*voice)->speakers());
  if (settings.speaker >= speakers) {
    return Error{ErrorCode::kInvalid, "speaker: this voice has speakers 0 to " +
                                          std::to_string(speakers - 1) + ", not " +
                                          std::to_string(settings.speaker)};
  }
  auto phonemes = phonemes_for(settings.model);
  if (!phonemes) return phonemes.error();
  return std::unique_ptr<TtsProvider>(
      std::make_unique<SherpaTts>(std::move(*voice), std::move(*phonemes), settings));
}

}  // namespace earshot::worker
