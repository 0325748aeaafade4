// The thread that writes what is kept for the next gateway, so that no shard waits for a disk.
//
// Runs on: write() from any thread; stop() on the owner's.
// Owns: the thread, and the folder while it runs.
// Lifecycle: made (the thread runs, and marks each second that the gateway lives) -> stop() (what was handed in is
// written) -> destroyed.
// Bounded by those who write: a shard has one batch with it at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/secret.h"
#include "common/log/log_limiter.h"
#include "gateway/process/kept_folder.h"

namespace earshot::gateway {

class KeptWriter {
 public:
  struct File {
    std::string name;  // letters, digits and underscores
    Secret content;    // empty: the file goes
  };

  explicit KeptWriter(KeptFolder folder);
  ~KeptWriter() { stop(); }
  KeptWriter(const KeptWriter&) = delete;
  KeptWriter& operator=(const KeptWriter&) = delete;

  // `done` is called once, on the writer's thread; never, if it has been stopped.
  void write(std::vector<File> files, std::function<void()> done);
  void stop();

  std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  void write_now(const std::vector<File>& files);
  void mark_alive();

  KeptFolder folder_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer mark_{io_};
  bool stopping_ = false;  // the writer's thread's
  log::LogLimiter failure_log_{1, Milliseconds{60'000}};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::thread thread_;
};

}  // namespace earshot::gateway
