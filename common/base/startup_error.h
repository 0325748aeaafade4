// The voice of startup (CONVENTIONS 11): thrown up to main, printed once, turned into the process's exit code.
// A supervisor may restart on some codes and not on others; docs/operations.md lists them.
#pragma once

#include <stdexcept>
#include <string>

namespace earshot {

inline constexpr int kExitConfig = 2;  // the configuration is wrong: restarting does not help
inline constexpr int kExitBind = 3;    // an address or port cannot be taken
inline constexpr int kExitBroker = 4;  // the MQTT broker cannot be started or reached
inline constexpr int kExitBug = 70;    // something that should not happen

struct StartupError : std::runtime_error {
  StartupError(int code, const std::string& message) : std::runtime_error(message), exit_code(code) {}
  int exit_code;
};

}  // namespace earshot
