// The worker's command line.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "worker/config.h"

namespace earshot::worker {

struct CommandLine {
  WorkerArguments arguments;
  bool check_config = false;
  std::optional<std::string> join;  // a line of earshotctl workers join-token
};

// RETURNS: an exit code when there is nothing to run: --help, --version (0) or a bad command line (2); the
// text has then been printed.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace earshot::worker
