// A tool that runs in the worker itself. One file pair each; builtin_tools.cc lists them.
#pragma once

#include <ctime>
#include <string>

#include "common/base/result.h"
#include "common/json/json.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct BuiltinToolInput {
  json::object arguments;
  std::tm local_time{};  // where the devices are: the worker's own zone, or `timezone` of its configuration
};

struct BuiltinToolOutput {
  Result<std::string> text;  // for the brain: facts, not sentences
  bool end_session = false;  // say goodbye to the device once this turn has been heard
};

// Pure: stateless, one instance serves every session.
class BuiltinTool {
 public:
  virtual ~BuiltinTool() = default;
  virtual const ToolSpec& spec() const = 0;
  virtual BuiltinToolOutput run(const BuiltinToolInput& input) const = 0;
};

}  // namespace earshot::worker
