// The threads of one model. Inference takes long, so it has threads of its own: on the DSP pool it would hold
// up the hearing of every conversation. Their number bounds what runs at once; other jobs wait in order, at
// most one of each open stream.
//
// Runs on: any thread but its own.
// Owns: the threads.
// Lifecycle: made -> run()* -> retire(), which waits for nothing -> await_retired(), which does.
// Early readings, whose speaker may go on, share what the ends of utterances leave: run_early().
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "common/asio/asio.h"

namespace earshot::worker::sherpa {

class EngineThreads {
 public:
  explicit EngineThreads(std::size_t count) : count_(count), pool_(count) {}
  EngineThreads(const EngineThreads&) = delete;
  EngineThreads& operator=(const EngineThreads&) = delete;

  // After retire() the job is destroyed unheard.
  void run(std::function<void()> job) {
    if (closed_) return;
    ++under_way_;
    asio::post(pool_, [this, job = std::move(job)] {
      job();
      --under_way_;
    });
  }
  // A job that can be left out: taken while no more than one a thread waits, so that nothing early holds up the
  // utterances that have ended by more than one reading.
  // RETURNS: taken?
  bool run_early(std::function<void()> job) {
    if (under_way_ >= 2 * count_) return false;
    run(std::move(job));
    return true;
  }

  // What runs and what waits comes to its end (a cancelled job at once), and then threads and model go: on a
  // thread of the process's own, since the last conversation of an old set of agents ends on the I/O thread,
  // where neither an inference nor the release of a large model may be waited for.
  static void retire(std::shared_ptr<EngineThreads> threads, std::shared_ptr<void> model);
  // Waits until everything that was retired has gone. Jobs use the executors of their callers: call it before
  // those are destroyed.
  static void await_retired();

 private:
  friend class Undertaker;

  const std::size_t count_;
  std::atomic<bool> closed_{false};
  std::atomic<std::size_t> under_way_{0};  // run or wait
  asio::thread_pool pool_;
};

}  // namespace earshot::worker::sherpa
