#include "worker/providers/tts/embedded_tts.h"

#include <cctype>
#include <utility>

#include "worker/providers/tts/espeak_voice.h"
#include "worker/providers/tts/flite_voice.h"
#include "worker/providers/tts/speech_text.h"

namespace earshot::worker {

namespace {

bool is_english(const std::string& language) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return language.size() >= 2 && lower(language[0]) == 'e' && lower(language[1]) == 'n' &&
         (language.size() == 2 || language[2] == '-' || language[2] == '_');
}

class EmbeddedTts final : public TtsProvider {
 public:
  EmbeddedTts(EmbeddedTtsConfig config, FliteVoice flite, EspeakVoice espeak, asio::thread_pool& pool)
      : config_(std::move(config)),
        flite_(flite),
        espeak_(espeak),
        pool_(pool),
        espeak_strand_(asio::make_strand(pool)) {}

  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                        TtsCallbacks callbacks) override {
    TtsRequest bound{.text = front_of(request.text, kMaxTextBytes),
                     .language = request.language.empty() ? config_.default_language : request.language,
                     .speed = request.speed};
    auto job = std::make_shared<SynthesisJob>(std::move(bound), std::move(executor), std::move(callbacks));
    if (is_english(job->request().language)) {
      asio::post(pool_, [job, voice = flite_] { voice.speak(*job); });
    } else {
      asio::post(espeak_strand_, [job, voice = espeak_] { voice.speak(*job); });
    }
    return std::make_unique<SynthesisHandle>(std::move(job));
  }

 private:
  EmbeddedTtsConfig config_;
  FliteVoice flite_;
  EspeakVoice espeak_;
  asio::thread_pool& pool_;
  asio::strand<asio::thread_pool::executor_type> espeak_strand_;
};

}  // namespace

Result<std::unique_ptr<TtsProvider>> make_embedded_tts(const EmbeddedTtsConfig& config,
                                                       asio::thread_pool& pool) {
  auto flite = FliteVoice::load();
  if (!flite) return flite.error();
  auto espeak = EspeakVoice::load();
  if (!espeak) return espeak.error();
  return std::unique_ptr<TtsProvider>(std::make_unique<EmbeddedTts>(config, *flite, *espeak, pool));
}

}  // namespace earshot::worker
