// The tools of one device, as it lists them (docs/protocol_device.md). Pure.
//
// What a device lists is hostile: names, descriptions and schemas are bounded, and so is the whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::gateway {

struct Tool {
  std::string name;
  std::string description;
  json::object input_schema;
  bool user_only = false;  // for people, never for a model; only by explicit permission
};

struct ToolList {
  static constexpr std::size_t kMaxTools = 256;
  // Of names, descriptions and schemas together: the largest firmware that is known lists 82 tools in 33 kB.
  static constexpr std::size_t kMaxBytes = 256 * 1024;

  std::vector<Tool> tools;

  const Tool* find(std::string_view name) const;
  // [{name, description, input_schema, user_only}]: as the API shows it and the store keeps it.
  json::array to_json() const;
  // {tools, nextCursor?}: the result of a tools/list without user-only tools, from the tool that `cursor` names
  // (empty: the first); as many as `max_bytes` hold, and one at least that does.
  json::object page(std::string_view cursor, std::size_t max_bytes) const;
};

// Checks what the device would answer with a bare "Missing valid argument",
// and what it would silently ignore.
// Errors: kInvalid, in words for whoever gave the command.
Status check_arguments(const Tool& tool, const json::object& arguments);

// Puts the pages of a tools/list together. The next page begins with the tool that `nextCursor` names.
class ToolPages {
 public:
  static constexpr std::size_t kMaxPages = 32;

  // `result` of a tools/list answer.
  // RETURNS: the cursor of the page to ask for next; empty: that was the last one.
  // Errors: kInvalid (no list, or its pages come round again), kTooLarge.
  Result<std::string> add(const json::object& result);
  const ToolList& so_far() const { return list_; }
  ToolList take() { return std::move(list_); }

 private:
  ToolList list_;
  std::size_t pages_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace earshot::gateway
