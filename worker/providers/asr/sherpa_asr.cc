#include "worker/providers/asr/sherpa_asr.h"

#include <utility>

#include "worker/providers/asr/sherpa_utterance.h"

namespace earshot::worker {

namespace {

using sherpa::EngineThreads;

constexpr int kSamplesPerMs = sherpa::kSampleRateHz / 1000;

class SherpaStream final : public AsrStream {
 public:
  explicit SherpaStream(std::shared_ptr<SherpaUtterance> utterance) : utterance_(std::move(utterance)) {}
  ~SherpaStream() override { utterance_->cancel(); }
  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void pause() override { utterance_->pause(); }
  void resume() override { utterance_->resume(); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<SherpaUtterance> utterance_;
};

class SherpaAsr final : public AsrProvider {
 public:
  SherpaAsr(SherpaUtterance::Engine engine, SherpaUtterance::Limits limits)
      : engine_(std::move(engine)), limits_(limits) {}
  ~SherpaAsr() override {
    std::shared_ptr<void> model = std::move(engine_.whole);
    if (!model) model = std::move(engine_.streaming);
    EngineThreads::retire(std::move(engine_.threads), std::move(model));
  }
  SherpaAsr(const SherpaAsr&) = delete;
  SherpaAsr& operator=(const SherpaAsr&) = delete;

  std::unique_ptr<AsrStream> open(const AsrRequest& /*request*/, Executor executor,
                                  AsrCallbacks callbacks) override {
    return std::make_unique<SherpaStream>(
        std::make_shared<SherpaUtterance>(engine_, limits_, std::move(executor), std::move(callbacks)));
  }

 private:
  SherpaUtterance::Engine engine_;
  SherpaUtterance::Limits limits_;
};

std::size_t samples_in(Milliseconds time) {
  return static_cast<std::size_t>(time.count() * kSamplesPerMs);
}

}  // namespace

SherpaAsrSettings read_sherpa_asr(ConfigSection& section) {
  SherpaAsrSettings settings;
  settings.model = sherpa::read_model(section, sherpa::asr_families());
  section.read("language", settings.language);
  section.read("parallel", settings.parallel, {1, 64});
  section.read("min_utterance_ms", settings.min_utterance, {0, 5000});
  section.read("max_utterance_ms", settings.max_utterance, {1000, 120'000});
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_sherpa_asr(const SherpaAsrSettings& settings,
                                                     const sherpa::SherpaLibrary& library) {
  if (auto usable = check_files(settings.model); !usable) return usable.error();
  SherpaUtterance::Engine engine;
  if (settings.model.family->streaming) {
    auto model = library.load_stream_model(settings.model);
    if (!model) return model.error();
    engine.streaming = std::move(*model);
  } else {
    auto model = library.load_utterance_model(settings.model, settings.language);
    if (!model) return model.error();
    engine.whole = std::move(*model);
  }
  engine.threads = std::make_shared<EngineThreads>(static_cast<std::size_t>(settings.parallel));
  return std::unique_ptr<AsrProvider>(std::make_unique<SherpaAsr>(
      std::move(engine), SherpaUtterance::Limits{.min_samples = samples_in(settings.min_utterance),
                                                 .max_samples = samples_in(settings.max_utterance)}));
}

}  // namespace earshot::worker
