// The list of built-in tools. A new one is a file pair and a line in the .cc.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

class BuiltinTools {
 public:
  BuiltinTools();

  std::vector<ToolSpec> specs(bool with_notebook, bool with_facts = false) const;
  const BuiltinTool* find(std::string_view name) const;  // nullptr: there is none of this name

 private:
  std::vector<std::unique_ptr<BuiltinTool>> tools_;
};

}  // namespace earshot::worker
