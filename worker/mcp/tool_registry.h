// What may be called in one session: the device's own tools and the built-in ones, under one roof. Pure.
//
// Runs on: its owner's thread.
// Owns: the list. A device cannot shadow a built-in tool: its namesake is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

enum class ToolOwner { kNobody, kDevice, kBuiltin };

class ToolRegistry {
 public:
  // `allowed`: names, `*` stands for any characters; empty: every tool. What is not allowed is not there.
  explicit ToolRegistry(std::vector<ToolSpec> builtin, std::vector<std::string> allowed = {});

  void set_device_tools(const std::vector<ToolSpec>& tools);

  ToolOwner owner_of(std::string_view name) const;
  std::vector<ToolSpec> all() const;  // the device's first, in its order

 private:
  bool is_allowed(std::string_view name) const;

  std::vector<std::string> allowed_;
  std::vector<ToolSpec> builtin_;
  std::vector<ToolSpec> device_;
};

}  // namespace earshot::worker
