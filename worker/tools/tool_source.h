// Tools outside this process, as a conversation sees them: those of servers that speak MCP, and those that are a
// request to the web. One source serves all conversations of the worker.
//
// Runs on: the executor of the conversations.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/json/json.h"
#include "worker/mcp/tool_registry.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct OutsideAnswer {
  Result<std::string> text;  // of strangers: valid UTF-8, bounded by the source
  bool speak = false;        // say it as it is; the brain is not asked what to make of it
};

// A call that goes on. Destroying it gives the call up: no answer will come.
class OutsideRun {
 public:
  virtual ~OutsideRun() = default;
};

class ToolSource {
 public:
  virtual ~ToolSource() = default;
  virtual ToolList tools() const = 0;  // never nullptr
  // `name`: one of tools(), now or a moment ago. `done`: once, in time whatever happens outside; never from inside
  // run(), and it may destroy the OutsideRun.
  virtual std::unique_ptr<OutsideRun> run(const std::string& name, json::object arguments,
                                          std::function<void(OutsideAnswer)> done) = 0;
};

}  // namespace earshot::worker
