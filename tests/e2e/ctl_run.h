// One run of the real earshotctl against a System.
#pragma once

#include <string>
#include <vector>

#include "common/json/json.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {

struct CtlResult {
  int exit_code = -1;  // -1: still running after a minute
  std::string output;
  std::string errors;
};

// The program and its words, which find the system by its data folder and so use the local token.
std::vector<std::string> ctl_command(const System& system, std::vector<std::string> words);
CtlResult ctl(const System& system, std::vector<std::string> words);
// With --json. null, and a failed test, when it prints none.
json::value ctl_json(const System& system, std::vector<std::string> words);

}  // namespace earshot::e2e
