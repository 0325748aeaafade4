// Writes lines to a descriptor without making anybody wait: a reader that stops (a pipe to `less`, a stalled
// journal) must not stop a conversation.
//
// Runs on: write() and flush() on any thread; a thread of its own writes, once start() was called.
// Owns: the thread and the queue. The one place beside the registry that holds a lock (CONVENTIONS 4): it is
//   never held while a line is written.
// Borrows: the descriptor.
// Lifecycle: new (each line is written at once, and waited for) -> start() -> destroyed; the destructor
//   writes what waits, and so blocks while the reader does. A process that ends leaves it undestroyed.
// Bounded: kMaxWaitingBytes; when they are full the oldest lines go, counted and told where they are missing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "common/base/clock.h"

namespace earshot::log {

class LineWriter {
 public:
  static constexpr std::size_t kMaxWaitingBytes = 1024 * 1024;  // some 8,000 lines

  // `lost_line`: what is written where so many lines are missing, with its line end.
  LineWriter(int descriptor, std::function<std::string(std::uint64_t)> lost_line);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  ~LineWriter();

  void start();
  // `line` with its end.
  void write(std::string line);
  // Waits until everything is written that was given before.
  // RETURNS: false when that took longer than `patience`.
  bool flush(Milliseconds patience);
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  void run();
  void write_out(const std::string& line) const;

  const int descriptor_;
  const std::function<std::string(std::uint64_t)> lost_line_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable written_;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t given_ = 0;    // lines
  std::uint64_t settled_ = 0;  // of them: written or lost
  std::uint64_t untold_ = 0;   // lost since the reader was told
  bool stopping_ = false;
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

}  // namespace earshot::log
