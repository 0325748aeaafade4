// Hears what other gateways change in the shared database (LISTEN), on a connection of its own.
//
// Runs on: a thread of its own; `heard` is called there.
// Owns: the thread and the connection.
// Lifecycle: made (it listens, or tries to until it can) -> destroyed, at most the settings' connect timeout
// later. After each new connection everything is told to have changed: what was said in between is lost.
// Bounded: the server keeps what is not fetched; one round hands on kMaxRound changes and takes more for
// "everything".
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "gateway/store/postgres/database.h"
#include "gateway/store/store_proxy.h"

namespace earshot::store::postgres {

class ChangeFeed {
 public:
  static constexpr std::size_t kMaxRound = 1000;
  using Heard = std::function<void(std::vector<StoreChange>)>;

  ChangeFeed(const Settings& settings, Heard heard);
  ~ChangeFeed();
  ChangeFeed(const ChangeFeed&) = delete;
  ChangeFeed& operator=(const ChangeFeed&) = delete;

 private:
  void work();
  void listen();
  void hear();
  bool wait(int socket, Milliseconds longest);

  Database database_;
  Heard heard_;
  int stop_event_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace earshot::store::postgres
