#include "common/json/json.h"

#include <gtest/gtest.h>

namespace earshot::json {
namespace {

TEST(JsonTest, RefusesWhatIsNotABoundedObject) {
  EXPECT_EQ(parse_object("[]", 100).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(parse_object("{", 100).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(parse_object("", 100).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(parse_object("{\"a\":1}", 3).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_object("{\"a\":" + std::string(100000, '['), 1 << 20).error().code, ErrorCode::kInvalid);
}

TEST(JsonTest, LookupsNeverThrow) {
  const auto parsed =
      parse_object(R"({"s":"x","i":9007199254740993,"d":2.0,"f":2.5,"b":true,"o":{},"a":[],"n":null})", 1000);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(find_string(*parsed, "s"), "x");
  EXPECT_EQ(find_string(*parsed, "i"), std::nullopt);
  EXPECT_EQ(find_int(*parsed, "i"), 9007199254740993);
  EXPECT_EQ(find_int(*parsed, "d"), 2);
  EXPECT_EQ(find_int(*parsed, "f"), std::nullopt);
  EXPECT_EQ(find_bool(*parsed, "b"), true);
  EXPECT_NE(find_object(*parsed, "o"), nullptr);
  EXPECT_NE(find_array(*parsed, "a"), nullptr);
  EXPECT_EQ(find_object(*parsed, "missing"), nullptr);
  EXPECT_EQ(find_string(*parsed, "n"), std::nullopt);
}

TEST(JsonTest, CleanTextMendsBadUtf8AndCutsBetweenCharacters) {
  EXPECT_EQ(clean_text("a\xff"
                       "b",
                       100),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(clean_text("\xE4\xBD\xA0\xE5\xA5\xBD", 4), "\xE4\xBD\xA0");
  EXPECT_EQ(clean_text("\xC0\x80", 100), "\xEF\xBF\xBD\xEF\xBF\xBD");  // overlong
  EXPECT_EQ(clean_text("\xED\xA0\x80", 3), "\xEF\xBF\xBD");            // a surrogate
  EXPECT_EQ(clean_text("\xF0\x9F\x98\x80", 4), "\xF0\x9F\x98\x80");
  EXPECT_EQ(clean_text("\xF0\x9F\x98", 100), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace earshot::json
