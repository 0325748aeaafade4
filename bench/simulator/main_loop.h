// The device's main loop (device-protocol 3.3, 6.2, 8.2): tasks run in order, and none while the loop is
// blocked by the wait for a hello or by a running tool. Pure.
// Runs on: one thread.
// Bounded: by the network task, which the server's messages feed;
// kCapacity tasks, more are dropped and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

namespace earshot::simulator {

class MainLoop {
 public:
  using Task = std::function<void()>;
  static constexpr std::size_t kCapacity = 10'000;

  void post(Task task) {
    if (tasks_.size() >= kCapacity) {
      ++dropped_;
      return;
    }
    tasks_.push_back(std::move(task));
    run();
  }
  void block() { ++blocks_; }
  // REQUIRES: as many block() before.
  void unblock() {
    --blocks_;
    run();
  }
  bool blocked() const { return blocks_ > 0; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  void run() {
    if (running_) return;  // a task posts another: it comes after this one
    running_ = true;
    while (!tasks_.empty() && !blocked()) {
      const Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
    running_ = false;
  }

  std::deque<Task> tasks_;
  int blocks_ = 0;
  bool running_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace earshot::simulator
