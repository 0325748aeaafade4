// The only way to the store from other threads: jobs go in, results come back on the executor that asked.
//
// Runs on: any thread. Owns: the writer thread and the reader thread, each with its own Store.
// Lifecycle: made (opens and migrates; throws StartupError kStore) -> jobs -> stop() (what is queued is still
// written) -> destroyed.
// Bounded: kMaxQueued jobs wait for each thread; beyond, a job fails at once with kUnavailable.
//
// Jobs of the writer are run in the order given, many in one transaction, each in its own savepoint: a job
// that throws is undone alone. A job's result is given only when it is on disk (committed).
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "gateway/store/store.h"

namespace earshot::store {

class StoreProxy {
 public:
  static constexpr std::size_t kMaxQueued = 20'000;

  virtual ~StoreProxy() = default;

  // job: Store& -> T or void. done: Result<T> (Status for void), posted to `executor`; may be empty.
  template <class Job, class DoneHandler>
  void write(const Executor& executor, Job job, DoneHandler done) {
    post(Kind::kWrite, make_task(executor, std::move(job), std::move(done)));
  }
  template <class Job, class DoneHandler>
  void read(const Executor& executor, Job job, DoneHandler done) {
    post(Kind::kRead, make_task(executor, std::move(job), std::move(done)));
  }
  // For what nobody waits for; a failure is logged and counted.
  template <class Job>
  void write(Job job) {
    post(Kind::kWrite, Task{.run = [job = std::move(job)](Store& store) mutable { job(store); },
                            .finish = [](const Error*) {}});
  }

  virtual void stop() = 0;

 protected:
  enum class Kind { kRead, kWrite };
  struct Task {
    std::function<void(Store&)> run;           // on a store thread; may throw
    std::function<void(const Error*)> finish;  // after the commit, or with why it failed; any thread
  };
  virtual void post(Kind kind, Task task) = 0;

 private:
  template <class Job, class DoneHandler>
  static Task make_task(const Executor& executor, Job job, DoneHandler done) {
    using T = std::invoke_result_t<Job, Store&>;
    using Outcome = std::conditional_t<std::is_void_v<T>, Done, T>;
    auto value = std::make_shared<std::optional<Outcome>>();
    return Task{.run =
                    [job = std::move(job), value](Store& store) mutable {
                      if constexpr (std::is_void_v<T>) {
                        job(store);
                        value->emplace();
                      } else {
                        value->emplace(job(store));
                      }
                    },
                .finish =
                    [executor, done = std::move(done), value](const Error* error) {
                      Result<Outcome> result =
                          error != nullptr ? Result<Outcome>(*error) : Result<Outcome>(std::move(**value));
                      asio::post(executor,
                                 [done, result = std::move(result)]() mutable { done(std::move(result)); });
                    }};
  }
};

}  // namespace earshot::store
