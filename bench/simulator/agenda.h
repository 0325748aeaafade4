// Everything that happens later at one device, on one timer.
// Runs on: the io_context's thread.
// Owns: its timer. Tasks still waiting when it dies never run.
#pragma once

#include <functional>

#include "bench/simulator/delayed_queue.h"
#include "common/asio/asio.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class Agenda {
 public:
  using Task = std::function<void()>;

  explicit Agenda(asio::io_context& io) : timer_(io) {}
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  SteadyTime now() const { return std::chrono::steady_clock::now(); }
  void at(SteadyTime due, Task task);
  void after(Microseconds wait, Task task) { at(now() + wait, std::move(task)); }

 private:
  void arm();
  void run_due();

  asio::steady_timer timer_;
  DelayedQueue<Task> tasks_;
  std::optional<SteadyTime> armed_for_;
};

}  // namespace earshot::simulator
