// Lists of the device (notebook.h): shopping, to do, and others. Offered where the gateway keeps them.
#pragma once

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

// RETURNS: {"list": "shopping", "removed": ["milk"], "items": ["eggs"]}
class ListChangeTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_notebook() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = "list.change",
                 .description =
                     "Add items to a list of the user, or take items off it. A list is made by the first "
                     "item; clear takes off all.",
                 .input_schema = R"({"type":"object","properties":{)"
                                 R"("list":{"type":"string","description":"its name; default: shopping"},)"
                                 R"("add":{"type":"array","items":{"type":"string"}},)"
                                 R"("remove":{"type":"array","items":{"type":"string"}},)"
                                 R"("clear":{"type":"boolean"}}})"};
};

// RETURNS: {"list": "shopping", "items": ["milk"]}; without such a list no items.
class ListReadTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_notebook() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = "list.read",
                 .description = "What is on a list of the user.",
                 .input_schema = R"({"type":"object","properties":{)"
                                 R"("list":{"type":"string","description":"its name; default: shopping"}}})"};
};

}  // namespace earshot::worker
