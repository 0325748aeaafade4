// The time of a simulated world: nothing happens but what was put down here, in order, and nobody waits. What asio
// handlers are posted meanwhile runs at once.
//
// Runs on: the test's thread, all of it.
// Owns: the io_context of every part.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/clock.h"

namespace earshot::simulation {

class Timeline final : public Clock {
 public:
  using Task = std::function<void()>;

  SteadyTime now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(std::chrono::days(20'000)) +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(now_ - kBegin);
  }
  asio::io_context& io() { return io_; }
  Milliseconds since_begin() const { return std::chrono::duration_cast<Milliseconds>(now_ - kBegin); }

  void at(SteadyTime due, Task task) { tasks_.emplace(due, std::move(task)); }
  void after(Microseconds wait, Task task) { at(now_ + wait, std::move(task)); }

  void run_until(SteadyTime end) {
    run_handlers();
    while (!tasks_.empty() && tasks_.begin()->first <= end) {
      auto next = tasks_.extract(tasks_.begin());
      now_ = std::max(now_, next.key());
      next.mapped()();
      run_handlers();
    }
    now_ = end;
  }

 private:
  static constexpr SteadyTime kBegin{std::chrono::hours(1)};

  void run_handlers() {
    io_.restart();
    while (io_.poll() > 0) io_.restart();
  }

  asio::io_context io_;
  std::multimap<SteadyTime, Task> tasks_;
  SteadyTime now_ = kBegin;
};

}  // namespace earshot::simulation
