// The threads of one model. Inference takes long, so it has threads of its own: on the DSP pool it would hold
// up the hearing of every conversation. Their number bounds what runs at once; other jobs wait in order, at
// most one of each open stream.
//
// Runs on: run() and the destructor on any other thread.
// Owns: the threads.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "common/asio/asio.h"

namespace earshot::worker::sherpa {

class EngineThreads {
 public:
  explicit EngineThreads(std::size_t count) : pool_(count) {}
  EngineThreads(const EngineThreads&) = delete;
  EngineThreads& operator=(const EngineThreads&) = delete;

  // Never at the same time as close(); after it the job is destroyed unheard.
  void run(std::function<void()> job) {
    if (!closed_) asio::post(pool_, std::move(job));
  }
  // Waits for what runs and what waits; who cancelled a job is not waited for, since it ends at once.
  void close() {
    closed_ = true;
    pool_.join();
  }

 private:
  std::atomic<bool> closed_{false};
  asio::thread_pool pool_;
};

}  // namespace earshot::worker::sherpa
