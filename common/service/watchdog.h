// Tells the service manager at its interval that the program lives, as long as it does: before each sign of life
// `check` is asked, and only its answer sends it. A thread that hangs never answers, and the manager acts.
//
// Runs on: the executor.
// Borrows: the service manager, until destroyed.
// Lifecycle: made -> start() -> destroyed. Without a watchdog start() does nothing.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "common/asio/asio.h"
#include "common/service/service_manager.h"

namespace earshot {

class Watchdog {
 public:
  using Alive = std::function<void()>;
  // Calls what it is given, on the executor, when all that matters has answered.
  using Check = std::function<void(Alive)>;

  Watchdog(Executor executor, const ServiceManager& manager, Check check)
      : timer_(std::move(executor)), manager_(manager), check_(std::move(check)) {}

  void start() {
    if (manager_.alive_every()) ask();
  }

 private:
  void ask() {
    check_([this, there = std::weak_ptr(there_)] {
      if (!there.expired()) manager_.alive();
    });
    timer_.expires_after(*manager_.alive_every());
    timer_.async_wait([this](error_code failure) {
      if (!failure) ask();
    });
  }

  asio::steady_timer timer_;
  const ServiceManager& manager_;
  Check check_;
  std::shared_ptr<bool> there_ = std::make_shared<bool>(true);  // an answer may come after our end
};

}  // namespace earshot
