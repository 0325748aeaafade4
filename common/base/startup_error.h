// StartupError: the voice of a program that cannot start (CONVENTIONS 11). main catches it, prints `what()`
// and exits with `exit_code()`.
#pragma once

#include <stdexcept>
#include <string>

namespace earshot {

// Part of the command line's contract (README): scripts and service units tell these apart.
enum class ExitCode : int {
  kConfig = 2,  // the configuration is wrong; starting again does not help
  kBind = 3,    // an address or port cannot be had
  kBroker = 4,  // the supervised broker is missing or does not come up
  kStore = 5,   // the database cannot be opened or migrated
  kBug = 70,    // our own mistake (EX_SOFTWARE of sysexits.h)
};

class StartupError : public std::runtime_error {
 public:
  // `message` is for an operator: what failed, and which configuration key to change. Never holds a secret.
  StartupError(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int exit_code() const { return static_cast<int>(code_); }
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace earshot
