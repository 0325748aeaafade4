// The tools of a device as its line hands them on, from the `result` of one tools/list page.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

#include "common/json/json.h"
#include "gateway/xiaozhi/tool_catalogue.h"

namespace earshot::fakes {

inline gateway::ToolsHandle tools_of(std::string_view result) {
  gateway::ToolPages pages;
  EXPECT_TRUE(pages.add(*json::parse_object(result, 64 * 1024)).ok());
  gateway::ToolCatalogue catalogue;
  return catalogue.share(pages.take()).tools;
}

}  // namespace earshot::fakes
