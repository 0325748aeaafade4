// What the assistant knows of its user (fact_book.h): read, remember, forget. Offered where an agent keeps facts.
#pragma once

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

// RETURNS: {"facts": [{"fact": "...", "learnt": "2026-11-18"}]}
class MemoryReadTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_facts() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = "memory.read",
      .description = "All that you know of the user. Use it when the user asks what you know of them.",
      .input_schema = R"({"type":"object","properties":{}})"};
};

// RETURNS: {"remembered": true}; false: it was known.
class MemoryRememberTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_facts() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = "memory.remember",
      .description = "Remember something about the user for later conversations, when they ask for it.",
      .input_schema = R"({"type":"object","properties":{"fact":{"type":"string","description":)"
                      R"("one short sentence in the user's language"}},"required":["fact"]})"};
};

// RETURNS: {"forgotten": ["..."]}
class MemoryForgetTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_facts() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = "memory.forget",
      .description = "Forget what you know of the user: what they name, or everything. Only when they ask.",
      .input_schema = R"({"type":"object","properties":{"what":{"type":"string","description":)"
                      R"("the fact, or what it is about"},"everything":{"type":"boolean"}}})"};
};

}  // namespace earshot::worker
