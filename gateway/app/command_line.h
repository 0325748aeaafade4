// The gateway's command line.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "gateway/app/config.h"

namespace earshot::gateway {

struct CommandLine {
  std::optional<std::string> config_file;
  ConfigOverrides overrides;
  bool check_config = false;
};

// RETURNS: an exit code when there is nothing to run: --help, --version (0) or a bad command line (2); the
// text has then been printed.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace earshot::gateway
