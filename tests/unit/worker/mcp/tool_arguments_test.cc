#include "worker/mcp/tool_arguments.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

json::value fitted(const std::string& value, const std::string& schema) {
  auto arguments = json::parse_object(R"({"v":)" + value + "}", 4096).value();
  fit_to_schema(arguments, json::parse_object(R"({"properties":{"v":)" + schema + "}}", 4096).value());
  return arguments.at("v");
}

struct FitCase {
  const char* schema;
  const char* given;
  const char* wanted;
};

TEST(ToolArgumentsTest, AreTurnedIntoWhatTheSchemaAsksFor) {
  const FitCase cases[] = {
      {R"({"type":"integer"})", R"("49")", "49"},
      {R"({"type":"integer"})", R"(" 49 ")", "49"},
      {R"({"type":"integer"})", R"("+49")", "49"},
      {R"({"type":"integer"})", R"("-7")", "-7"},
      {R"({"type":"integer"})", R"("49.0")", "49"},
      {R"({"type":"integer"})", "49.0", "49"},
      {R"({"type":"integer"})", "4.9e1", "49"},
      {R"({"type":"number"})", R"("21.5")", "21.5"},
      {R"({"type":"number"})", R"("3")", "3"},
      {R"({"type":"number"})", "3", "3"},
      {R"({"type":"boolean"})", R"("true")", "true"},
      {R"({"type":"boolean"})", R"("False")", "false"},
      {R"({"type":"string"})", "49", R"("49")"},
      {R"({"type":"string"})", "21.5", R"("21.5")"},
      {R"({"type":"string"})", "true", R"("true")"},
      {R"({"type":"array","items":{"type":"integer"}})", R"("[\"1\",2]")", "[1,2]"},
      {R"({"type":"array","items":{"type":"integer"}})", R"(["1",2.0])", "[1,2]"},
      {R"({"type":"object","properties":{"a":{"type":"number"}}})", R"("{\"a\":\"1\"}")", R"({"a":1})"},
      {R"({"type":"object","properties":{"a":{"type":"boolean"}}})", R"({"a":"true"})", R"({"a":true})"},
      {R"({"type":["integer","null"]})", R"("5")", "5"},
      {R"({"type":["null","boolean"]})", R"("true")", "true"},
  };
  for (const FitCase& c : cases) {
    EXPECT_EQ(fitted(c.given, c.schema), json::parse_value(c.wanted, 4096).value()) << c.schema << c.given;
  }
}

TEST(ToolArgumentsTest, StayAsTheyAreWhenThatIsNotClear) {
  const FitCase cases[] = {
      {R"({"type":"integer"})", R"("loud")", ""},
      {R"({"type":"integer"})", R"("49.5")", ""},
      {R"({"type":"integer"})", "49.5", ""},
      {R"({"type":"integer"})", R"("")", ""},
      {R"({"type":"integer"})", R"("1e300")", ""},
      {R"({"type":"integer"})", R"("0x10")", ""},
      {R"({"type":"integer"})", R"("5 percent")", ""},
      {R"({"type":"integer"})", "true", ""},
      {R"({"type":"number"})", R"("nan")", ""},
      {R"({"type":"number"})", R"("1e999")", ""},
      {R"({"type":"boolean"})", R"("yes")", ""},
      {R"({"type":"boolean"})", "1", ""},
      {R"({"type":"string"})", "null", ""},
      {R"({"type":"string"})", R"("49")", ""},
      {R"({"type":["string","integer"]})", R"("49")", ""},
      {R"({"type":"array"})", R"("{}")", ""},
      {R"({"type":"object"})", R"("x")", ""},
      {R"({"type":7})", R"("49")", ""},
      {R"({})", R"("49")", ""},
  };
  for (const FitCase& c : cases) {
    EXPECT_EQ(fitted(c.given, c.schema), json::parse_value(c.given, 4096).value()) << c.schema << c.given;
  }
}

TEST(ToolArgumentsTest, AreNotTouchedBySchemasThatAreNone) {
  for (const char* schema :
       {"{}", R"({"properties":7})", R"({"properties":{"v":7}})", R"({"properties":{}})"}) {
    auto arguments = json::parse_object(R"({"v":"1"})", 100).value();
    fit_to_schema(arguments, json::parse_object(schema, 100).value());
    EXPECT_EQ(json::serialize(arguments), R"({"v":"1"})") << schema;
  }
}

}  // namespace
}  // namespace earshot::worker
