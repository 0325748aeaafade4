// earshotctl's command line: tables of commands in, one chosen command with its arguments out. CLI11 is
// compiled here alone.
#pragma once

#include <span>
#include <variant>

#include "gateway/ctl/arguments.h"
#include "gateway/ctl/command.h"

namespace earshot::ctl {

struct Chosen {
  const Command* command = nullptr;  // of the span that was given
  Arguments arguments = {};
};

// RETURNS: an exit code when there is nothing to run: --help, --version (0) or a bad command line (kUsage);
// the text has then been printed.
std::variant<Chosen, int> parse_command_line(std::span<const Command> commands, int argc,
                                             const char* const* argv);

}  // namespace earshot::ctl
