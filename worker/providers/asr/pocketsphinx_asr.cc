#include "worker/providers/asr/pocketsphinx_asr.h"

#include <utility>

#include "worker/providers/asr/command_decoder.h"
#include "worker/providers/asr/command_grammar.h"
#include "worker/providers/asr/command_utterance.h"
#include "worker/providers/asr/decoder_pool.h"

namespace earshot::worker {
namespace {

constexpr int kModelSamplesPerMs = 16;

class PocketSphinxStream final : public AsrStream {
 public:
  explicit PocketSphinxStream(std::shared_ptr<CommandUtterance> utterance)
      : utterance_(std::move(utterance)) {}
  ~PocketSphinxStream() override { utterance_->cancel(); }

  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<CommandUtterance> utterance_;
};

class PocketSphinxAsr final : public AsrProvider {
 public:
  PocketSphinxAsr(std::shared_ptr<DecoderPool> decoders, asio::thread_pool& pool,
                  CommandUtterance::Limits limits)
      : decoders_(std::move(decoders)), pool_(pool), limits_(limits) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& /*request*/, Executor executor,
                                  AsrCallbacks callbacks) override {
    return std::make_unique<PocketSphinxStream>(
        CommandUtterance::create(decoders_, pool_, limits_, std::move(executor), std::move(callbacks)));
  }

 private:
  std::shared_ptr<DecoderPool> decoders_;
  asio::thread_pool& pool_;
  CommandUtterance::Limits limits_;
};

}  // namespace

Result<std::unique_ptr<AsrProvider>> make_pocketsphinx_asr(const PocketSphinxConfig& config,
                                                           asio::thread_pool& pool) {
  if (config.decoders < 1) return Error{ErrorCode::kInvalid, "speech recognition needs at least one decoder"};
  if (config.max_utterance <= Milliseconds{0})
    return Error{ErrorCode::kInvalid, "no utterance has no length"};
  const auto grammar = load_command_grammar(config);
  if (!grammar) return grammar.error();
  std::vector<std::unique_ptr<CommandDecoder>> decoders;
  for (int i = 0; i < config.decoders; ++i) {
    auto decoder = CommandDecoder::create(config.model_dir, *grammar);
    if (!decoder) return decoder.error();
    decoders.push_back(std::move(*decoder));
  }
  const CommandUtterance::Limits limits{
      .rejection_threshold = config.rejection_threshold,
      .max_samples = static_cast<std::size_t>(config.max_utterance.count()) * kModelSamplesPerMs};
  return std::unique_ptr<AsrProvider>(
      std::make_unique<PocketSphinxAsr>(DecoderPool::create(std::move(decoders), pool), pool, limits));
}

}  // namespace earshot::worker
