#include "gateway/control/commands/tool_list.h"

#include <gtest/gtest.h>

#include "gateway/control/commands/tool_catalogue.h"

namespace earshot::commands {
namespace {

ToolList list_of(const std::string& tools) {
  ToolPages pages;
  const auto next = pages.add(*json::parse_object(R"({"tools":)" + tools + "}", 64 * 1024));
  EXPECT_TRUE(next.ok() && next->empty());
  return pages.take();
}

TEST(ToolList, KnowsWhatIsForUsersOnly) {
  const ToolList list = list_of(R"([{"name":"a","description":"d","inputSchema":{"properties":{}}},)"
                                R"({"name":"b","annotations":{"audience":["user"]}}])");
  EXPECT_FALSE(list.find("a")->user_only);
  EXPECT_TRUE(list.find("b")->user_only);
  EXPECT_EQ(json::serialize(list.to_json().at(0)),
            R"({"name":"a","description":"d","input_schema":{"properties":{}},"user_only":false})");
}

TEST(ToolList, LeavesOutWhatNobodyCouldCall) {
  EXPECT_EQ(list_of(R"([{"name":""},7,{"description":"x"},{"name":"a"},{"name":"a"}])").tools.size(), 1U);
}

TEST(ToolPages, BoundsTheirNumber) {
  ToolPages pages;
  for (std::size_t i = 0;; ++i) {
    ASSERT_LE(i, ToolPages::kMaxPages);
    const auto next = pages.add({{"tools", json::array{json::object{{"name", "t" + std::to_string(i)}}}},
                                 {"nextCursor", "t" + std::to_string(i + 1)}});
    if (next) continue;
    EXPECT_EQ(next.error().code, ErrorCode::kTooLarge);
    break;
  }
}

TEST(ToolCatalogue, BelievesAListForOneConnection) {
  ToolCatalogue catalogue;
  const DeviceId device = *DeviceId::parse("02:00:00:00:00:01");
  const ToolList list = list_of(R"([{"name":"a"}])");
  EXPECT_TRUE(catalogue.put(device, list));
  EXPECT_NE(catalogue.fresh(device), nullptr);
  catalogue.doubt(device);
  EXPECT_EQ(catalogue.fresh(device), nullptr);
  EXPECT_FALSE(catalogue.put(device, list)) << "no news";
  EXPECT_NE(catalogue.fresh(device), nullptr);
  EXPECT_TRUE(catalogue.put(device, list_of(R"([{"name":"b"}])")));
}

TEST(ToolCatalogue, KeepsEqualListsOnce) {
  ToolCatalogue catalogue;
  const DeviceId one = *DeviceId::parse("02:00:00:00:00:01");
  const DeviceId two = *DeviceId::parse("02:00:00:00:00:02");
  catalogue.put(one, list_of(R"([{"name":"a"}])"));
  catalogue.put(two, list_of(R"([{"name":"a"}])"));
  EXPECT_EQ(catalogue.fresh(one), catalogue.fresh(two));
}

}  // namespace
}  // namespace earshot::commands
