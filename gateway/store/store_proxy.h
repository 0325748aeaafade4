// The only way to the store from other threads: jobs go in, results come back on the executor that asked.
//
// Runs on: any thread.
// Owns: the writer thread and the reader thread, each with its own Store.
// Lifecycle: made by open_store() (open_store.h) -> jobs -> stop() (what is queued is still written)
// -> destroyed. The executors of jobs outlive it.
// Bounded: kMaxQueued jobs wait for each thread; beyond, a job fails at once with kUnavailable.
//
// A database elsewhere can be away (open_store.h). Meanwhile somebody who waits for an answer gets one within
// kPatience: kUnavailable, and nothing was done. What nobody waits for (keep(), and write() without a handler)
// stays in the queue and is written when it is back.
//
// Jobs of the writer are run in the order given, many in one transaction, each in its own savepoint: a job
// that throws is undone alone. A job's result is given only when it is committed: it then survives the end of
// this process, and a power cut after the next merge of the log (docs/decisions/0006-store.md). A read sees
// every write whose result has been given; it does not wait for writes that are still queued. A job may be run
// again when its transaction was undone by no fault of its own: it must not change what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "common/base/startup_error.h"
#include "gateway/store/store.h"

namespace earshot::store {

struct StoreStats {
  std::uint64_t writes = 0;  // jobs committed
  std::uint64_t reads = 0;
  std::uint64_t commits = 0;
  std::uint64_t failed = 0;    // jobs undone, of both threads
  std::uint64_t refused = 0;   // too many were waiting, or it had been stopped
  std::size_t waiting = 0;     // now
  std::uint64_t repeated = 0;  // transactions that were begun again
  bool away = false;           // a database that is elsewhere cannot be reached now
};

// What another gateway, or somebody with SQL, has changed in a database that is shared.
struct StoreChange {
  enum class What { kEverything, kDevice, kAccounts, kOperators, kAgents, kFirmware, kSetting, kNotebook };
  What what = What::kEverything;  // it may all be different: some changes were not heard
  std::string key{};              // kDevice, kNotebook (it was removed): the device's id; kSetting: its name
};

class StoreProxy {
 public:
  static constexpr std::size_t kMaxQueued = 20'000;
  static constexpr Milliseconds kPatience{5000};

  virtual ~StoreProxy() = default;

  // job: Store& -> T or void, destroyed on a store thread: it holds values only. done: takes a Result<T>
  // (Status for void), called and destroyed on `executor`.
  template <class Job, class DoneHandler>
  void write(const Executor& executor, Job job, DoneHandler done) {
    post(Kind::kWrite, make_task(executor, std::move(job), std::move(done)));
  }
  // As write(), for what must not be lost and nobody waits for. Its giver bounds how much of it there is.
  template <class Job, class DoneHandler>
  void keep(const Executor& executor, Job job, DoneHandler done) {
    Task task = make_task(executor, std::move(job), std::move(done));
    task.patient = true;
    post(Kind::kWrite, std::move(task));
  }
  template <class Job, class DoneHandler>
  void read(const Executor& executor, Job job, DoneHandler done) {
    post(Kind::kRead, make_task(executor, std::move(job), std::move(done)));
  }
  // For what nobody waits for; a failure is logged and counted.
  template <class Job>
  void write(Job job) {
    post(Kind::kWrite, Task{.run = [job = std::move(job)](Store& store) mutable { job(store); },
                            .finish = [](const Error*) {},
                            .patient = true});
  }
  // Blocks until it is done: for the start of the program only.
  // Throws StartupError.
  template <class Job>
  auto read_at_start(Job job) {
    return wait_for(Kind::kRead, std::move(job));
  }
  template <class Job>
  auto write_at_start(Job job) {
    return wait_for(Kind::kWrite, std::move(job));
  }

  virtual void stop() = 0;
  virtual StoreStats stats() const = 0;
  // `changed` is called on `executor` for each change that did not come from here, within a second of it. Once.
  // A database of one gateway alone has none.
  using ChangeHandler = std::function<void(const StoreChange&)>;
  virtual void watch(const Executor&, ChangeHandler) {}

 protected:
  enum class Kind { kRead, kWrite };
  struct Task {
    std::function<void(Store&)> run;           // on a store thread; may throw
    std::function<void(const Error*)> finish;  // once: after the commit, or with why it failed; any thread
    bool patient = false;                      // waits for as long as the database is away
  };
  virtual void post(Kind kind, Task task) = 0;

 private:
  template <class Job>
  using OutcomeOf = std::conditional_t<std::is_void_v<std::invoke_result_t<Job, Store&>>, Done,
                                       std::invoke_result_t<Job, Store&>>;

  template <class Job>
  static OutcomeOf<Job> outcome(Job& job, Store& store) {
    if constexpr (std::is_void_v<std::invoke_result_t<Job, Store&>>) {
      job(store);
      return kDone;
    } else {
      return job(store);
    }
  }

  template <class Job, class DoneHandler>
  static Task make_task(const Executor& executor, Job job, DoneHandler done) {
    using Outcome = OutcomeOf<Job>;
    struct Pending {
      Job job;
      DoneHandler done;
      std::optional<Outcome> value;
    };
    auto pending = std::make_shared<Pending>(std::move(job), std::move(done), std::nullopt);
    // An executor that is waiting for a result has work to do.
    auto reply_to = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    return Task{.run = [pending](Store& store) { pending->value.emplace(outcome(pending->job, store)); },
                .finish =
                    [pending, reply_to](const Error* error) {
                      Result<Outcome> result =
                          error != nullptr ? Result<Outcome>(*error) : std::move(*pending->value);
                      // Moved and not copied, so that what it holds dies where it was made.
                      asio::post(reply_to,
                                 [done = std::move(pending->done), result = std::move(result)]() mutable {
                                   done(std::move(result));
                                 });
                    }};
  }

  template <class Job>
  OutcomeOf<Job> wait_for(Kind kind, Job job) {
    using Outcome = OutcomeOf<Job>;
    std::optional<Outcome> value;
    std::promise<std::optional<Error>> finished;
    post(kind, Task{.run = [&](Store& store) { value.emplace(outcome(job, store)); },
                    .finish =
                        [&](const Error* error) {
                          finished.set_value(error == nullptr ? std::nullopt : std::optional<Error>(*error));
                        }});
    if (const auto error = finished.get_future().get()) {
      throw StartupError(ExitCode::kStore, "the database: " + error->message);
    }
    return std::move(*value);
  }
};

}  // namespace earshot::store
