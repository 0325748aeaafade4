// What may be called in one session: the device's own tools, those outside and the built-in ones, under one roof.
// Pure.
//
// Runs on: its owner's thread.
// Owns: the list; of the tools outside it shares the one of all sessions. Names are told apart by rank: a built-in
// tool, one outside, the device's. A namesake of lower rank is left out, so that no device can shadow a tool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

enum class ToolOwner { kNobody, kDevice, kOutside, kBuiltin };

// Shared by all sessions and never changed: another list is another pointer.
using ToolList = std::shared_ptr<const std::vector<ToolSpec>>;

class ToolRegistry {
 public:
  // Of the tools outside: more cost each turn time and tokens, and services take no more than 128 to 512.
  static constexpr std::size_t kMaxOutside = 512;

  // `allowed`: names, as tool_pattern.h reads them; empty: every tool. What is not allowed is not there.
  // `callers_own`: those of the device are there whatever `allowed` says.
  explicit ToolRegistry(std::vector<ToolSpec> builtin, std::vector<std::string> allowed = {},
                        bool callers_own = false);

  void set_device_tools(const std::vector<ToolSpec>& tools);
  void set_outside_tools(const ToolList& tools);  // costs nothing while the list is the same

  ToolOwner owner_of(std::string_view name) const;
  const ToolSpec* outside(std::string_view name) const;  // nullptr: none of this name
  std::vector<ToolSpec> all() const;  // the device's first, in its order, then those outside

 private:
  bool is_allowed(std::string_view name) const;

  std::vector<std::string> allowed_;
  bool callers_own_;
  std::vector<ToolSpec> builtin_;
  std::vector<ToolSpec> device_;
  ToolList outside_list_;
  std::vector<std::uint32_t> outside_;  // allowed places in the list
  std::unordered_map<std::string_view, std::uint32_t> outside_names_;
};

}  // namespace earshot::worker
