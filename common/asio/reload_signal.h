// SIGHUP as the wish to read the configuration again: for a program that no terminal belongs to. Where one does,
// SIGHUP says that it went away, and stop_signals.h hears it.
//
// Runs on: the io_context's thread.
// Borrows: the io_context.
// Lifecycle: new (a signal no longer ends the program, and waits) -> on_each(), once -> close(), or destroyed.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <utility>

#include "common/asio/asio.h"

namespace earshot {

// Of this process: a service, a container and a script in cron have none.
inline bool has_terminal() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  ::close(terminal);
  return true;
}

class ReloadSignal {
 public:
  explicit ReloadSignal(asio::io_context& io) : signals_(io) {
    // `nohup` keeps it from being heard.
    struct sigaction now {};
    if (::sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) signals_.add(SIGHUP);
  }

  void on_each(std::function<void()> reload) {
    reload_ = std::move(reload);
    wait();
  }
  // From here on SIGHUP has no effect.
  void close() {
    signals_.clear();
    std::signal(SIGHUP, SIG_IGN);
    signals_.cancel();
  }

 private:
  void wait() {
    signals_.async_wait([this](error_code failure, int) {
      if (failure) return;
      wait();  // what is raised meanwhile is not lost
      reload_();
    });
  }

  asio::signal_set signals_;
  std::function<void()> reload_;
};

}  // namespace earshot
