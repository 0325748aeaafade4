// The tool lists of many devices, each kept once: devices of one firmware list the same, and one list is up to
// hundreds of kilobytes. Pure; one owner.
//
// Bounded: kMaxLists different lists that any device still has. A further one is told, and not kept.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gateway/xiaozhi/tool_list.h"

namespace earshot::gateway {

struct KnownTools {
  ToolList list;
  std::string text;  // of list.to_json(): equal lists have equal texts
};
using ToolsHandle = std::shared_ptr<const KnownTools>;

class ToolCatalogue {
 public:
  static constexpr std::size_t kMaxLists = 256;

  struct Shared {
    ToolsHandle tools;
    bool may_be_kept = true;  // false: there are too many different ones
  };
  Shared share(ToolList list);

 private:
  struct Place {
    std::size_t digest = 0;  // of the text
    std::weak_ptr<const KnownTools> tools;
  };
  std::vector<Place> places_;
};

}  // namespace earshot::gateway
