#include "worker/http_tools/value_template.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

std::string fill(std::string_view text, TemplatePlace place, const json::object& values) {
  const auto filled =
      fill_template(text, place, [&](std::string_view name) { return values.if_contains(name); });
  return filled.ok() ? *filled : "error";
}

TEST(ValueTemplate, AnArgumentStaysOneValueWhereverItStands) {
  const json::object hostile{{"q", "a&b=c/../d?e#f \"g\"\n{{r}}"}, {"r", "never"}};
  EXPECT_EQ(fill("http://h/find?q={{q}}", TemplatePlace::kUrl, hostile),
            "http://h/find?q=a%26b%3Dc%2F..%2Fd%3Fe%23f%20%22g%22%0A%7B%7Br%7D%7D");
  EXPECT_EQ(fill(R"({"q":"say {{ q }}"})", TemplatePlace::kJson, hostile),
            R"({"q":"say a&b=c/../d?e#f \"g\"\n{{r}}"})");
  EXPECT_EQ(fill("{{q}}", TemplatePlace::kHeader, hostile), "error");
}

TEST(ValueTemplate, AnArgumentIsNoStepInAPath) {
  json::object values;
  const auto url = [&](std::string_view text, std::string_view q) {
    values["q"] = q;
    const auto filled = fill_url(text, [&](std::string_view name) { return values.if_contains(name); });
    return filled.ok() ? *filled : filled.error().message;
  };
  for (const char* step : {".", ".."}) {
    for (const char* text :
         {"http://h/a/{{q}}/b", "http://h/a/{{q}}", "http://h/{{q}}?x=1", "http://h/{{q}}#x"})
      EXPECT_EQ(url(text, step), "an argument may not be a step in a path") << text << " " << step;
  }
  EXPECT_EQ(url("http://h/a/.{{q}}/b", "."), "an argument may not be a step in a path");
  EXPECT_EQ(url("http://h/a/{{q}}", "..."), "http://h/a/...");
  EXPECT_EQ(url("http://h/a/{{q}}", "a.b"), "http://h/a/a.b");
  EXPECT_EQ(url("http://h/a/{{q}}", "%2e%2e"), "http://h/a/%252e%252e");
  EXPECT_EQ(url("http://h/a?q={{q}}", ".."), "http://h/a?q=..");
}

TEST(ValueTemplate, InJsonAValueOutsideOfQuotesKeepsItsType) {
  const json::object values{{"n", 7}, {"list", json::array{"a", 1}}, {"text", "x"}};
  EXPECT_EQ(
      fill(R"({"n":{{n}},"l":{{list}},"t":{{text}},"no":{{no}},"s":"{{n}}"})", TemplatePlace::kJson, values),
      R"({"n":7,"l":["a",1],"t":"x","no":null,"s":"7"})");
  EXPECT_EQ(fill(R"(["\"{{text}}",{{text}}])", TemplatePlace::kJson, values), R"(["\"x","x"])");
}

TEST(ValueTemplate, NumbersAreWrittenAsPeopleDo) {
  EXPECT_EQ(value_text(json::value(52.52)), "52.52");
  EXPECT_EQ(value_text(json::value(13.0)), "13");
  EXPECT_EQ(value_text(json::value(nullptr)), "");
  EXPECT_EQ(value_text(*json::parse_value(R"({"a":[1.5,2,"x"],"b":{},"c":[]})", 100)),
            R"({"a":[1.5,2,"x"],"b":{},"c":[]})");
}

TEST(ValueTemplate, NamesThatNobodyKnowsAreFound) {
  const auto known = [](std::string_view name) { return name == "a"; };
  EXPECT_EQ(unknown_template_name("{{a}} {{ a }}", known), std::nullopt);
  EXPECT_EQ(unknown_template_name("{{a}} {{b}}", known), "b");
  EXPECT_TRUE(unknown_template_name("{{a", known).has_value());
}

}  // namespace
}  // namespace earshot::worker
