// The private mosquitto that the gateway starts, watches and stops.
#pragma once

#include <memory>

#include "common/asio/asio.h"
#include "gateway/broker/broker_settings.h"

namespace earshot::broker {

// Runs on: the gateway's main thread and its io_context. The kernel ends the broker when that thread dies:
//   it never outlives the gateway.
// Owns: the mosquitto process and the files of its run folder.
// Borrows: the io_context, while alive.
// Lifecycle: new -> start() -> running; a broker that dies is started again (0.25 s to 8 s later), one
//   that hangs is killed first -> stop().
class SupervisedBroker {
 public:
  SupervisedBroker(asio::io_context& context, BrokerSettings settings);
  ~SupervisedBroker();  // stops
  SupervisedBroker(const SupervisedBroker&) = delete;
  SupervisedBroker& operator=(const SupervisedBroker&) = delete;

  // Writes the run folder, starts mosquitto and waits until every listener answers: blocks, at most 5 s.
  // Throws StartupError: kBind for a busy or foreign address (names the address and `mqtt.port`), kBroker for
  // a missing mosquitto or plugin or a broker that does not come up (with its last words), kConfig for
  // settings that cannot be written down.
  void start();

  // SIGTERM, and SIGKILL after 2 s; returns when the process is gone. Blocks until then.
  void stop();

  // The gateway's own link to it is logged in, or not (any more): how a broker that hangs is known. Without a
  // call nobody watches.
  void link_is(bool connected);

  int pid() const;       // 0 while no process runs
  int restarts() const;  // how often it died and was started again
  int hung() const;      // of these: how often it was killed because it hung

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace earshot::broker
