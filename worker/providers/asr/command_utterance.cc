#include "worker/providers/asr/command_utterance.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {
namespace {

// A backlog is decoded in steps of half a second (25 ms of work), so that others have their turn in between.
constexpr std::size_t kStepSamples = 8000;

}  // namespace

std::shared_ptr<CommandUtterance> CommandUtterance::create(std::shared_ptr<DecoderPool> decoders,
                                                           asio::thread_pool& pool, Limits limits,
                                                           Executor executor, AsrCallbacks callbacks) {
  return std::shared_ptr<CommandUtterance>(
      new CommandUtterance(std::move(decoders), pool, limits, std::move(executor), std::move(callbacks)));
}

CommandUtterance::CommandUtterance(std::shared_ptr<DecoderPool> decoders, asio::thread_pool& pool,
                                   Limits limits, Executor executor, AsrCallbacks callbacks)
    : decoders_(std::move(decoders)),
      limits_(limits),
      executor_(std::move(executor)),
      strand_(asio::make_strand(pool)),
      callbacks_(std::move(callbacks)) {}

CommandUtterance::~CommandUtterance() {
  release();
}

void CommandUtterance::write(std::span<const std::int16_t> pcm_16khz) {
  if (finish_asked_ || cancelled_) return;
  const auto accepted = pcm_16khz.first(std::min(pcm_16khz.size(), limits_.max_samples - accepted_));
  if (accepted.empty()) return;
  accepted_ += accepted.size();
  asio::post(strand_, [self = shared_from_this(), pcm = std::vector(accepted.begin(), accepted.end())] {
    self->pending_.insert(self->pending_.end(), pcm.begin(), pcm.end());
    self->ask_for_decoder();
    self->decode();
  });
}

void CommandUtterance::finish() {
  if (finish_asked_ || cancelled_) return;
  finish_asked_ = true;
  asio::post(strand_, [self = shared_from_this()] {
    self->finished_ = true;
    self->ask_for_decoder();
    self->decode();
  });
}

void CommandUtterance::cancel() {
  if (cancelled_.exchange(true)) return;
  callbacks_ = {};
  asio::post(strand_, [self = shared_from_this()] {
    self->pending_.clear();
    self->release();
  });
}

void CommandUtterance::ask_for_decoder() {
  if (asked_ || cancelled_) return;
  asked_ = true;
  decoders_->acquire(
      [weak = weak_from_this(), decoders = decoders_](std::unique_ptr<CommandDecoder> decoder) {
        const auto self = weak.lock();
        if (!self) return decoders->give_back(std::move(decoder));
        asio::post(self->strand_, [self, decoder = std::move(decoder)]() mutable {
          self->decoder_ = std::move(decoder);
          if (self->cancelled_) return self->release();
          self->decoder_->begin();
          self->decode();
        });
      });
}

void CommandUtterance::decode() {
  if (!decoder_ || decoding_ || cancelled_) return;
  const auto rest = std::span<const std::int16_t>(pending_).subspan(decoded_);
  const auto step = rest.first(std::min(rest.size(), kStepSamples));
  decoder_->hear(step);
  decoded_ += step.size();
  if (decoded_ < pending_.size()) {
    decoding_ = true;
    asio::post(strand_, [self = shared_from_this()] {
      self->decoding_ = false;
      self->decode();
    });
    return;
  }
  pending_.clear();
  decoded_ = 0;
  if (finished_) decide();
}

void CommandUtterance::decide() {
  Transcript transcript = decoder_->decide(limits_.rejection_threshold);
  release();
  asio::post(executor_, [self = shared_from_this(), transcript = std::move(transcript)]() mutable {
    const AsrCallbacks callbacks = std::exchange(self->callbacks_, {});
    if (callbacks.on_final) callbacks.on_final(std::move(transcript));
  });
}

void CommandUtterance::release() {
  if (decoder_) decoders_->give_back(std::move(decoder_));
}

}  // namespace earshot::worker
