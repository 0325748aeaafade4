// One utterance on its way through a decoder:
// waits for one, feeds it while the user speaks, brings the verdict back.
//
// Runs on: write(), finish() and cancel() on the caller's executor, where the callbacks are called too; the
// rest on a strand of the thread pool.
// Owns: the audio not decoded yet, at most `max_samples` of the whole utterance (what is said later is not
// heard), and from its turn until its end a decoder, which goes back to the pool whatever happens.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/asio/asio.h"
#include "worker/providers/asr/decoder_pool.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

class CommandUtterance : public std::enable_shared_from_this<CommandUtterance> {
 public:
  struct Limits {
    double rejection_threshold = 0;
    std::size_t max_samples = 0;
  };

  static std::shared_ptr<CommandUtterance> create(std::shared_ptr<DecoderPool> decoders,
                                                  asio::thread_pool& pool, Limits limits, Executor executor,
                                                  AsrCallbacks callbacks);
  ~CommandUtterance();
  CommandUtterance(const CommandUtterance&) = delete;
  CommandUtterance& operator=(const CommandUtterance&) = delete;

  void write(std::span<const std::int16_t> pcm_16khz);
  void finish();
  void cancel();

 private:
  CommandUtterance(std::shared_ptr<DecoderPool> decoders, asio::thread_pool& pool, Limits limits,
                   Executor executor, AsrCallbacks callbacks);
  void ask_for_decoder();
  void decode();
  void decide();
  void release();

  const std::shared_ptr<DecoderPool> decoders_;
  const Limits limits_;
  const Executor executor_;
  asio::strand<asio::thread_pool::executor_type> strand_;
  std::atomic<bool> cancelled_{false};

  // On the executor.
  AsrCallbacks callbacks_;
  std::size_t accepted_ = 0;
  bool finish_asked_ = false;

  // On the strand.
  std::vector<std::int16_t> pending_;
  std::size_t decoded_ = 0;  // of pending_
  bool asked_ = false;
  bool finished_ = false;
  bool decoding_ = false;  // a step is posted
  std::unique_ptr<CommandDecoder> decoder_;
};

}  // namespace earshot::worker
