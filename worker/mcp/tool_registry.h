// What may be called in one session: the device's own tools and the built-in ones, under one roof. Pure.
//
// Runs on: its owner's thread. Owns: the list. A device cannot shadow a built-in tool: its namesake is left
// out.
#pragma once

#include <string_view>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

enum class ToolOwner { kNobody, kDevice, kBuiltin };

class ToolRegistry {
 public:
  explicit ToolRegistry(std::vector<ToolSpec> builtin) : builtin_(std::move(builtin)) {}

  void set_device_tools(const std::vector<ToolSpec>& tools);

  ToolOwner owner_of(std::string_view name) const;
  std::vector<ToolSpec> all() const;  // the device's first, in its order

 private:
  std::vector<ToolSpec> builtin_;
  std::vector<ToolSpec> device_;
};

}  // namespace earshot::worker
