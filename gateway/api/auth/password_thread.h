// Hashes and checks passwords away from the main executor, one after the other:
// each takes 64 MiB and some 50 ms.
//
// Runs on: the executor given (its one thread makes all calls and gets all answers).
// Owns: one thread.
// Bounded: kMaxWaiting; beyond, a call is refused, so that a flood of log-ins costs neither memory nor time.
// Lifecycle: made -> used -> destroyed (waits for the one hash that is being made; no answer comes then).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/asio/asio.h"
#include "common/base/secret.h"

namespace earshot::gateway::api {

class PasswordThread {
 public:
  static constexpr std::size_t kMaxWaiting = 16;

  explicit PasswordThread(Executor home);
  ~PasswordThread();
  PasswordThread(const PasswordThread&) = delete;
  PasswordThread& operator=(const PasswordThread&) = delete;

  // RETURNS: false when too many wait; `done` is not called then.
  [[nodiscard]] bool hash(Secret password, std::function<void(std::string)> done);
  // nullopt for a user that does not exist: it takes as long, and is never right.
  [[nodiscard]] bool verify(Secret password, std::optional<std::string> hash, std::function<void(bool)> done);

 private:
  template <class Job, class DoneHandler>
  bool post(Job job, DoneHandler done);

  Executor home_;
  std::shared_ptr<std::size_t> waiting_;  // counted on home; shared with answers that come after the end
  asio::thread_pool thread_{1};
};

}  // namespace earshot::gateway::api
