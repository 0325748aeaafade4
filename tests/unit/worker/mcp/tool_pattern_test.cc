#include "worker/mcp/tool_pattern.h"

#include <gtest/gtest.h>

#include <string>

#include "worker/mcp/tool_registry.h"

namespace earshot::worker {
namespace {

TEST(ToolPattern, AStarStandsForAnythingAndAServerForAllItsTools) {
  EXPECT_TRUE(matches_tool("self.audio_*", "self.audio_speaker.set_volume"));
  EXPECT_TRUE(matches_tool("*set*", "self.audio_speaker.set_volume"));
  EXPECT_TRUE(matches_tool("*.a*b", "x.a.ab"));
  EXPECT_TRUE(matches_tool("weather", "weather"));
  EXPECT_FALSE(matches_tool("weather", "weathers"));
  EXPECT_TRUE(matches_tool("mcp:files", "mcp.files.read"));
  EXPECT_FALSE(matches_tool("mcp:files", "mcp.files2.read"));
  EXPECT_TRUE(matches_tool("mcp:*", "mcp.files.read"));
}

TEST(ToolPattern, ManyStarsCostNothing) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_FALSE(matches_tool(pattern + "b", std::string(128, 'a')));
}

TEST(ToolRegistryOutside, NoDeviceShadowsAToolOutside) {
  ToolRegistry registry({});
  registry.set_outside_tools(std::make_shared<std::vector<ToolSpec>>(
      std::vector<ToolSpec>{{.name = "weather", .description = "ours", .input_schema = "{}"}}));
  registry.set_device_tools({{.name = "weather", .description = "", .input_schema = "{}"},
                             {.name = "mcp.x.y", .description = "", .input_schema = "{}"},
                             {.name = "self.z", .description = "", .input_schema = "{}"}});
  EXPECT_EQ(registry.owner_of("weather"), ToolOwner::kOutside);
  EXPECT_EQ(registry.owner_of("mcp.x.y"), ToolOwner::kNobody);
  EXPECT_EQ(registry.all().size(), 2U);
}

TEST(ToolRegistryOutside, ThereAreNoMoreThanServicesTake) {
  auto many = std::make_shared<std::vector<ToolSpec>>();
  for (int i = 0; i < 2000; ++i)
    many->push_back({.name = "t" + std::to_string(i), .description = "", .input_schema = "{}"});
  ToolRegistry registry({});
  registry.set_outside_tools(many);
  EXPECT_EQ(registry.all().size(), ToolRegistry::kMaxOutside);
}

}  // namespace
}  // namespace earshot::worker
