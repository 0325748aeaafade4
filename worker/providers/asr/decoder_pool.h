// The decoders of a worker, lent one utterance at a time.
//
// Runs on: a strand of its own; acquire() and give_back() from any thread.
// Owns: the decoders at home.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "common/asio/asio.h"
#include "worker/providers/asr/command_decoder.h"

namespace earshot::worker {

class DecoderPool : public std::enable_shared_from_this<DecoderPool> {
 public:
  using Grant = std::function<void(std::unique_ptr<CommandDecoder>)>;

  // REQUIRES: at least one decoder.
  static std::shared_ptr<DecoderPool> create(std::vector<std::unique_ptr<CommandDecoder>> decoders,
                                             asio::thread_pool& pool);

  // Calls `grant` on the pool's strand, first come first served.
  // Who no longer needs the decoder gives it back.
  void acquire(Grant grant);
  void give_back(std::unique_ptr<CommandDecoder> decoder);

 private:
  DecoderPool(std::vector<std::unique_ptr<CommandDecoder>> decoders, asio::thread_pool& pool);

  asio::strand<asio::thread_pool::executor_type> strand_;
  std::vector<std::unique_ptr<CommandDecoder>> free_;
  std::deque<Grant> waiting_;  // at most the open utterances of all sessions
};

}  // namespace earshot::worker
