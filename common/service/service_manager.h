// What systemd is told of a service: that it is ready, that it lives, that it reloads or stops. The protocol is a
// datagram of lines to the Unix socket that NOTIFY_SOCKET names (sd_notify(3)); no library is needed for it.
// Where nobody asks to be told (a terminal, a container), every call does nothing.
//
// Runs on: one thread, the program's first.
// Owns: the socket. It never blocks: a manager that does not read loses what it was to be told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot {

class ServiceManager {
 public:
  // As the environment says (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID). Takes them out of it: they are for this
  // process, not for its children.
  // REQUIRES: no other thread runs yet.
  static ServiceManager from_environment();

  ServiceManager() = default;  // nobody to tell
  // `socket`: a path, or a name of the abstract namespace with '@' before it.
  explicit ServiceManager(const std::string& socket, std::optional<Microseconds> watchdog = std::nullopt);
  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager& operator=(ServiceManager&& other) noexcept;
  ~ServiceManager();

  void ready() const { tell("READY=1"); }
  // Type=notify-reload wants the time (CLOCK_MONOTONIC) with it; ready() follows when all is done.
  void reloading(SteadyTime now) const;
  void stopping() const { tell("STOPPING=1"); }
  void alive() const { tell("WATCHDOG=1"); }
  // One line for `systemctl status`.
  void status(std::string_view text) const;

  // How often alive() is wanted: half of the time after which the manager ends us. nullopt: not at all.
  std::optional<Microseconds> alive_every() const;
  bool listens() const { return descriptor_ >= 0; }

 private:
  void tell(std::string_view lines) const;

  int descriptor_ = -1;  // connected
  std::optional<Microseconds> watchdog_;
};

}  // namespace earshot
