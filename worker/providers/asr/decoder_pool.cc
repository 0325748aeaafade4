#include "worker/providers/asr/decoder_pool.h"

#include <utility>

#include "common/base/check.h"

namespace earshot::worker {

std::shared_ptr<DecoderPool> DecoderPool::create(std::vector<std::unique_ptr<CommandDecoder>> decoders,
                                                 asio::thread_pool& pool) {
  EARSHOT_CHECK(!decoders.empty(), "a pool has decoders");
  return std::shared_ptr<DecoderPool>(new DecoderPool(std::move(decoders), pool));
}

DecoderPool::DecoderPool(std::vector<std::unique_ptr<CommandDecoder>> decoders, asio::thread_pool& pool)
    : strand_(asio::make_strand(pool)), free_(std::move(decoders)) {}

void DecoderPool::acquire(Grant grant) {
  asio::post(strand_, [self = shared_from_this(), grant = std::move(grant)]() mutable {
    if (self->free_.empty()) {
      self->waiting_.push_back(std::move(grant));
      return;
    }
    auto decoder = std::move(self->free_.back());
    self->free_.pop_back();
    grant(std::move(decoder));
  });
}

void DecoderPool::give_back(std::unique_ptr<CommandDecoder> decoder) {
  asio::post(strand_, [self = shared_from_this(), decoder = std::move(decoder)]() mutable {
    if (self->waiting_.empty()) {
      self->free_.push_back(std::move(decoder));
      return;
    }
    const Grant grant = std::move(self->waiting_.front());
    self->waiting_.pop_front();
    grant(std::move(decoder));
  });
}

}  // namespace earshot::worker
