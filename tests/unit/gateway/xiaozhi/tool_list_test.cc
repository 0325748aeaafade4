#include "gateway/xiaozhi/tool_list.h"

#include <gtest/gtest.h>

#include "gateway/xiaozhi/tool_catalogue.h"

namespace earshot::gateway {
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

TEST(ToolList, IsForUsersOnlyWhenItIsForSomebodyAndNotForTheModel) {
  const ToolList list = list_of(R"([{"name":"a","annotations":{"audience":["user","assistant"]}},)"
                                R"({"name":"b","annotations":{"audience":[]}},)"
                                R"({"name":"c","annotations":{"audience":["admin"]}}])");
  EXPECT_FALSE(list.find("a")->user_only);
  EXPECT_FALSE(list.find("b")->user_only);
  EXPECT_TRUE(list.find("c")->user_only);
}

TEST(ToolList, IsToldInPagesWithoutWhatIsForUsers) {
  const ToolList list = list_of(R"([{"name":"a"},{"name":"u","annotations":{"audience":["user"]}},)"
                                R"({"name":"b"},{"name":"c"}])");
  std::string names;
  std::string cursor;
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = list.page(cursor, 120);
    for (const json::value& tool : page.at("tools").as_array())
      names += std::string_view(tool.at("name").as_string());
    names += "|";
    cursor = json::find_string(page, "nextCursor").value_or("");
    if (cursor.empty()) break;
  }
  EXPECT_EQ(names, "ab|c|");
}

TEST(ToolPages, BoundsTheBytesOfAll) {
  ToolPages pages;
  json::array tools;
  for (int i = 0; i < 100; ++i) {
    tools.push_back(json::object{{"name", "t" + std::to_string(i)}, {"description", std::string(4000, 'x')}});
  }
  EXPECT_EQ(pages.add({{"tools", tools}}).error().code, ErrorCode::kTooLarge);
}

TEST(ToolCatalogue, KeepsEqualListsOnceAndAsLongAsSomebodyHasThem) {
  ToolCatalogue catalogue;
  auto one = catalogue.share(list_of(R"([{"name":"a"}])"));
  EXPECT_EQ(one.tools, catalogue.share(list_of(R"([{"name":"a"}])")).tools);
  EXPECT_NE(one.tools, catalogue.share(list_of(R"([{"name":"b"}])")).tools);
}

TEST(ToolCatalogue, TooManyDifferentListsAreNotKept) {
  ToolCatalogue catalogue;
  std::vector<ToolsHandle> held;
  const auto share = [&](std::size_t number) {
    return catalogue.share(list_of(R"([{"name":"t)" + std::to_string(number) + R"("}])"));
  };
  for (std::size_t i = 0; i < ToolCatalogue::kMaxLists; ++i) held.push_back(share(i).tools);
  EXPECT_FALSE(share(9999).may_be_kept);
  EXPECT_TRUE(share(3).may_be_kept) << "a known one";
  held.pop_back();
  EXPECT_TRUE(share(9999).may_be_kept);
}

}  // namespace
}  // namespace earshot::gateway
