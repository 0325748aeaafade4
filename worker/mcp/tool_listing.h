// A device's tools, collected from the pages of its tools/list (device-protocol 8.2). Pure.
//
// What the device lists is hostile: names, descriptions and schemas are bounded and checked, user-only tools
// are left out (8.4, trap 27), a cursor that comes round again ends the list.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

class ToolListing {
 public:
  struct Limits {
    std::size_t tools = 128;
    std::size_t pages = 32;
  };
  enum class Step {
    kNextPage,  // cursor() names it
    kComplete,
    kTruncated,  // more than the limits, or a cursor that comes round again
    kNoList,     // the reply holds no tools
  };

  explicit ToolListing(Limits limits) : limits_(limits) {}

  Step add_page(const json::object& reply);

  const std::string& cursor() const { return cursor_; }  // of the page to ask for; empty: the first
  const std::vector<ToolSpec>& tools() const { return tools_; }
  // Without a usable name, listed twice, or for users only.
  std::size_t left_out() const { return left_out_; }

 private:
  bool add_tool(const json::value& item);  // false: the list is full

  Limits limits_;
  std::string cursor_;
  std::set<std::string, std::less<>> cursors_;
  std::size_t pages_ = 0;
  std::size_t left_out_ = 0;
  std::vector<ToolSpec> tools_;
};

}  // namespace earshot::worker
