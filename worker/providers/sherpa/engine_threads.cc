#include "worker/providers/sherpa/engine_threads.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace earshot::worker::sherpa {

// Joins the threads of retired engines, one after the other. Has a lock, since engines may end on any thread.
class Undertaker {
 public:
  struct Engine {
    std::shared_ptr<EngineThreads> threads;
    std::shared_ptr<void> model;
  };

  static Undertaker& instance() {
    static Undertaker the_only_one;
    return the_only_one;
  }

  Undertaker(const Undertaker&) = delete;
  Undertaker& operator=(const Undertaker&) = delete;
  ~Undertaker() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void take(Engine engine) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(engine));
    }
    changed_.notify_all();
  }
  void await_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty(); });
  }

 private:
  Undertaker() : thread_([this] { work(); }) {}

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Engine first = std::move(waiting_.front());
      lock.unlock();
      first.threads->pool_.join();
      first = {};
      lock.lock();
      waiting_.pop_front();
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Engine> waiting_;  // the first one is being joined
  bool closing_ = false;
  std::thread thread_;
};

void EngineThreads::retire(std::shared_ptr<EngineThreads> threads, std::shared_ptr<void> model) {
  threads->closed_ = true;
  Undertaker::instance().take({.threads = std::move(threads), .model = std::move(model)});
}

void EngineThreads::await_retired() {
  Undertaker::instance().await_all();
}

}  // namespace earshot::worker::sherpa
