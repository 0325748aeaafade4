// The signals that end a program of ours: SIGTERM, SIGINT, and SIGHUP when its terminal goes away. A program that
// has no terminal may take SIGHUP for something else (reload_signal.h).
//
// Runs on: the io_context's thread.
// Borrows: the io_context.
// Lifecycle: new (from here on a signal waits until somebody asks) -> on_first() -> the first signal is handed
//   on, and the signals have their own effect again: the second ends the process at once, also when the
//   orderly stop blocks this thread. Its children end with it (PR_SET_PDEATHSIG). But for SIGHUP, which a
//   terminal's end sends twice, by the shell and by the kernel: after the first it is not heard.
#pragma once

#include <csignal>
#include <functional>
#include <utility>

#include "common/asio/asio.h"

namespace earshot {

class StopSignals {
 public:
  explicit StopSignals(asio::io_context& io, bool hear_hangup = true) : signals_(io, SIGTERM, SIGINT) {
    if (!hear_hangup) return;
    // `nohup` keeps it from being heard.
    struct sigaction now {};
    if (::sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) signals_.add(SIGHUP);
  }

  // This signal ends the program, too; what it does differently is the caller's to know.
  void hear_also(int signal) { signals_.add(signal); }

  void on_first(std::function<void(int signal)> stop) {
    signals_.async_wait([this, stop = std::move(stop)](error_code failure, int signal) {
      if (failure) return;
      signals_.clear();
      std::signal(SIGHUP, SIG_IGN);
      stop(signal);
    });
  }

 private:
  asio::signal_set signals_;
};

// TERM, INT, HUP, USR1.
inline const char* signal_name(int signal) {
  if (signal == SIGTERM) return "TERM";
  if (signal == SIGUSR1) return "USR1";
  return signal == SIGHUP ? "HUP" : "INT";
}

}  // namespace earshot
