// A tool that runs in the worker itself. One file pair each; builtin_tools.cc lists them.
#pragma once

#include <chrono>
#include <ctime>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/json/json.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

class FactBook;
class Notebook;

struct BuiltinToolInput {
  json::object arguments;
  std::tm local_time{};  // where the devices are: the worker's own zone, or `timezone` of its configuration
  std::chrono::system_clock::time_point wall_time{};
  SteadyTime now{};
  Notebook* notebook = nullptr;  // of the session's device; never nullptr for a tool that needs it
  FactBook* facts = nullptr;     // that the agent knows of the user; the same holds
};

struct BuiltinToolOutput {
  Result<std::string> text;  // for the brain: facts, not sentences
  bool end_session = false;  // say goodbye to the device once this turn has been heard
};

// Pure: stateless, one instance serves every session; what it changes is the session's notebook.
class BuiltinTool {
 public:
  virtual ~BuiltinTool() = default;
  virtual const ToolSpec& spec() const = 0;
  // Where nobody keeps a notebook, such a tool is not there.
  virtual bool needs_notebook() const { return false; }
  virtual bool needs_facts() const { return false; }  // so where the agent keeps none
  virtual BuiltinToolOutput run(const BuiltinToolInput& input) const = 0;
};

}  // namespace earshot::worker
