// How earshotctl ends. Exit codes are part of its contract (--help, docs/operations.md):
// scripts tell them apart.
#pragma once

#include <stdexcept>
#include <string>

namespace earshot::ctl {

enum class Exit : int {
  kOk = 0,
  kFailed = 1,        // a command failed or was not answered in time; doctor found a fault
  kUsage = 2,         // the command line, a file or a value is wrong
  kUnreachable = 3,   // no gateway at that URL
  kUnauthorised = 4,  // no token, a bad one, or one without the scope
  kNotFound = 5,      // no such device, token, image, ...
  kRefused = 6,       // the device said no: unknown tool, bad arguments, an error of its own
};

// Ends the running command; main prints what() and leaves with the code.
class Failure : public std::runtime_error {
 public:
  Failure(Exit code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Exit code() const { return code_; }

 private:
  Exit code_;
};

}  // namespace earshot::ctl
