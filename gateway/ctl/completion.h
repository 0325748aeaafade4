// Completion in the shell: what may stand at the end of a command line. Pure; what only the gateway knows is
// asked through a function.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gateway/ctl/command.h"

namespace earshot::ctl {

// The words of that kind. `before` holds what the line says already: --url, DEVICE, TOOL ...
using Lookup = std::function<std::vector<std::string>(Hint hint, const Arguments& before)>;

struct Completion {
  std::vector<std::string> words = {};  // whole words that begin as the last one does
  bool files = false;                   // a file's name may stand here
};
Completion complete(std::span<const Command> commands, const std::string& line, const Lookup& lookup);

// bash breaks words at ':' and '=' also, and replaces only what is behind: the part of `word` it has kept.
std::string behind_last_break(const std::string& line, const std::string& word);

extern const char* const kBashCompletion;

}  // namespace earshot::ctl
