#include "gateway/commands/tool_list.h"

#include <gtest/gtest.h>

#include "gateway/commands/tool_catalogue.h"

namespace earshot::commands {
namespace {

ToolList list_of(const std::string& tools) {
  ToolPages pages;
  const auto next = pages.add(*json::parse_object(R"({"tools":)" + tools + "}", 64 * 1024));
  EXPECT_TRUE(next.ok() && next->empty());
  return pages.take();
}

TEST(ToolList, OutlivesTheStore) {
  const ToolList list = list_of(R"([{"name":"a","description":"d","inputSchema":{"properties":{}}},)"
                                R"({"name":"b","annotations":{"audience":["user"]}}])");
  const auto again = ToolList::from_json(json::serialize(list.to_json()));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(json::serialize(again->to_json()), json::serialize(list.to_json()));
  EXPECT_FALSE(again->find("a")->user_only);
  EXPECT_TRUE(again->find("b")->user_only);
}

TEST(ToolList, LeavesOutWhatNobodyCouldCall) {
  EXPECT_EQ(list_of(R"([{"name":""},7,{"description":"x"},{"name":"a"},{"name":"a"}])").tools.size(), 1U);
}

TEST(ToolList, AnEntryThatDoesNotSayIsForUsersOnly) {
  EXPECT_TRUE(ToolList::from_json(R"([{"name":"a"}])")->find("a")->user_only);
  EXPECT_FALSE(ToolList::from_json(R"({"a":1})").ok());
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
