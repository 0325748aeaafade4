#include "worker/mcp/tool_registry.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

ToolSpec tool(const std::string& name, const std::string& description = "") {
  return {.name = name, .description = description, .input_schema = "{}"};
}

TEST(ToolRegistry, KnowsWhoOwnsATool) {
  ToolRegistry registry({tool("clock.time")});
  registry.set_device_tools({tool("self.a")});
  EXPECT_EQ(registry.owner_of("clock.time"), ToolOwner::kBuiltin);
  EXPECT_EQ(registry.owner_of("self.a"), ToolOwner::kDevice);
  EXPECT_EQ(registry.owner_of("self.b"), ToolOwner::kNobody);
}

TEST(ToolRegistry, ADeviceCannotShadowABuiltinTool) {
  ToolRegistry registry({tool("session.end", "ours")});
  registry.set_device_tools({tool("session.end", "theirs"), tool("self.a")});
  EXPECT_EQ(registry.owner_of("session.end"), ToolOwner::kBuiltin);
  ASSERT_EQ(registry.all().size(), 2U);
  EXPECT_EQ(registry.all()[1].description, "ours");
}

TEST(ToolRegistry, OffersOnlyWhatIsAllowed) {
  ToolRegistry registry({tool("clock.time"), tool("session.end")}, {"session.end", "self.*.set_*", "x*"});
  registry.set_device_tools({tool("self.audio.set_volume"), tool("self.audio.get"), tool("ax"), tool("x")});
  EXPECT_EQ(registry.owner_of("session.end"), ToolOwner::kBuiltin);
  EXPECT_EQ(registry.owner_of("clock.time"), ToolOwner::kNobody);
  EXPECT_EQ(registry.owner_of("self.audio.set_volume"), ToolOwner::kDevice);
  EXPECT_EQ(registry.owner_of("self.audio.get"), ToolOwner::kNobody);
  EXPECT_EQ(registry.owner_of("ax"), ToolOwner::kNobody);
  EXPECT_EQ(registry.owner_of("x"), ToolOwner::kDevice);
}

TEST(ToolRegistry, ANewListReplacesTheOldOne) {
  ToolRegistry registry({});
  registry.set_device_tools({tool("a")});
  registry.set_device_tools({tool("b")});
  EXPECT_EQ(registry.owner_of("a"), ToolOwner::kNobody);
}

}  // namespace
}  // namespace earshot::worker
