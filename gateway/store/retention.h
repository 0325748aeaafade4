// Removes what is older than it shall be kept, in small jobs between which every other job has its turn.
//
// Runs on: `executor`.
// Borrows: store and clock.
// Lifecycle: made -> start() (at once, then every hour) -> stop(). Not while the clock jumps (clock_watch.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "gateway/store/clock_watch.h"
#include "gateway/store/store_proxy.h"

namespace earshot::store {

// Days; 0: for ever.
struct RetentionDays {
  int conversations = 90;
  int audio = 7;
  int audit = 365;   // and finished commands
  int memory = 365;  // turns of the diary
};

class Retention {
 public:
  Retention(Executor executor, StoreProxy& store, const Clock& clock, RetentionDays days)
      : executor_(executor), store_(store), clock_(clock), days_(days), timer_(executor) {}

  void start();
  void stop();
  std::uint64_t removed() const { return *removed_; }  // conversations, turns' audio, commands, audit entries

 private:
  // Removes at most `limit` that are older than `time`.
  // RETURNS: how many.
  using Slice = std::size_t (*)(Store& store, WallTime time, std::size_t limit);
  void remove_all(Slice slice, int days);
  static void remove_some(const Executor& executor, StoreProxy& store, Slice slice, WallTime before,
                          std::shared_ptr<std::uint64_t> removed);

  Executor executor_;
  StoreProxy& store_;
  const Clock& clock_;
  RetentionDays days_;
  asio::steady_timer timer_;
  ClockWatch watch_;
  std::shared_ptr<std::uint64_t> removed_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace earshot::store
