#include "worker/providers/asr/local_asr.h"

#include <string>
#include <utility>

#include "worker/providers/asr/transcript_text.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kLocalSamplesPerMs = 16;

class LocalStream final : public AsrStream {
 public:
  explicit LocalStream(std::shared_ptr<LocalUtterance> utterance) : utterance_(std::move(utterance)) {
    utterance_->start();
  }
  ~LocalStream() override { utterance_->cancel(); }
  LocalStream(const LocalStream&) = delete;
  LocalStream& operator=(const LocalStream&) = delete;
  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void pause() override { utterance_->pause(); }
  void resume() override { utterance_->resume(); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<LocalUtterance> utterance_;
};

class LocalAsr final : public AsrProvider {
 public:
  LocalAsr(LocalRecognisers recognisers, std::size_t max_samples)
      : recognisers_(std::move(recognisers)), max_samples_(max_samples) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override {
    const std::string language = language_to_ask("", request.language);
    if (!language.empty() && language != "en")
      return recognisers_.commands->open(request, std::move(executor), std::move(callbacks));
    return std::make_unique<LocalStream>(std::make_shared<LocalUtterance>(
        recognisers_, max_samples_, request, std::move(executor), std::move(callbacks)));
  }

 private:
  const LocalRecognisers recognisers_;
  const std::size_t max_samples_;
};

}  // namespace

std::unique_ptr<AsrProvider> make_local_asr(LocalRecognisers recognisers, Milliseconds max_utterance) {
  return std::make_unique<LocalAsr>(std::move(recognisers),
                                    static_cast<std::size_t>(max_utterance.count()) * kLocalSamplesPerMs);
}

}  // namespace earshot::worker
