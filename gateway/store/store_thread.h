// One thread that does the jobs of a store, many in one transaction.
//
// Runs on: post(), stop() and the counts from any thread.
// Owns: the thread, the store and the queue.
// Lifecycle: made (the thread runs) -> post() -> stop() (the queue is still worked off) -> destroyed.
// The queue is behind a mutex that is held for a push or a swap, never while a job runs: the gateway's own
// executors do not wait for the disk (docs/decisions/0006-store.md).
//
// While the database is away (Trouble::kAway) it is tried again, at most every kLongestPause. Jobs that are not
// patient are refused `patience` after they came; the others keep their place. stop() gives it kLastTries more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/log/log_limiter.h"
#include "gateway/store/transactional_store.h"

namespace earshot::store {

struct StoreJob {
  std::function<void(Store&)> run;           // may throw: it is undone alone
  std::function<void(const Error*)> finish;  // after the commit, or with why it was not kept
  bool patient = false;                      // waits for as long as the database is away
  SteadyTime came{};                         // set by the thread
};

class StoreThread {
 public:
  struct Options {
    std::string name;               // for the log
    std::size_t max_queued = 0;     // beyond, a job is refused
    std::size_t max_in_commit = 1;  // so many jobs share a transaction
    Milliseconds patience{5000};
    Milliseconds first_pause{100};  // doubled from try to try
  };
  static constexpr Milliseconds kLongestPause{2000};
  static constexpr Milliseconds kLastTries{3000};
  StoreThread(std::unique_ptr<TransactionalStore> store, Options options);
  ~StoreThread() { stop(); }
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // When the queue is full or it was stopped, finish() is called with kUnavailable, here and now.
  void post(StoreJob job);
  void stop();

  std::uint64_t done() const { return done_.load(std::memory_order_relaxed); }
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  std::uint64_t repeated() const { return repeated_.load(std::memory_order_relaxed); }
  bool away() const { return away_.load(std::memory_order_relaxed); }
  std::size_t waiting() const;

 private:
  // What came of one transaction.
  struct Round {
    std::size_t end = 0;                       // the first job that was not in it
    std::vector<std::optional<Error>> errors;  // of the jobs that were
    std::optional<Error> broken;               // all of it was undone
    Trouble trouble = Trouble::kNone;          // why
    bool in_doubt = false;                     // or it was not: the answer to its commit is missing
  };
  void work();
  bool take(std::vector<StoreJob>& batch);
  void do_batch(std::vector<StoreJob>& batch);
  Round do_transaction(std::vector<StoreJob>& batch, std::size_t first);
  void tell(std::vector<StoreJob>& batch, std::size_t first, const Round& round);
  void settle(std::vector<StoreJob>& batch, Round& round);
  void wait_out(std::vector<StoreJob>& batch, const Round& round, Milliseconds& pause);
  void give_up_impatient(std::vector<StoreJob>& batch, const Round& round);
  void refuse(StoreJob& job, const Error& why);
  void note_away(const Error& why);
  void note_back();
  void tell_failure(const Error& error);

  std::unique_ptr<TransactionalStore> store_;
  Options options_;
  SystemClock clock_;
  log::LogLimiter limiter_{5, Milliseconds(60'000)};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<bool> away_{false};
  std::atomic<bool> impatient_refused_{false};  // it has been away for longer than anybody shall wait
  SteadyTime away_since_{};
  mutable std::mutex mutex_;  // guards the next three
  std::deque<StoreJob> queue_;
  bool stopping_ = false;
  SteadyTime stopped_{};
  std::condition_variable wake_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace earshot::store
