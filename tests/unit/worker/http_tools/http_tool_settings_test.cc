#include "worker/http_tools/http_tool_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<HttpToolSettings> read_yaml(const std::string& yaml) {
  ConfigReader reader = ConfigReader::parse(yaml, "w.yaml");
  auto tools = read_http_tools(reader.root().section("http_tools"));
  reader.finish();
  return tools;
}

std::string wrong(const std::string& tool) {
  try {
    (void)read_yaml("http_tools: {t: {description: d, " + tool + "}}");
  } catch (const ConfigError& failure) {
    return failure.what();
  }
  return "nothing";
}

TEST(HttpToolSettings, MakesASchemaOfTheParameters) {
  const auto tools = read_yaml(
      "http_tools:\n  t:\n    description: d\n    url: http://h/{{a}}\n    parameters:\n"
      "      a: {required: true, description: what}\n      b: {type: integer, default: 3}\n      c: {values: "
      "[x, y]}\n");
  EXPECT_EQ(*json::parse_object(tools.at(0).input_schema, 10'000),
            *json::parse_object(R"({"type":"object","properties":{"a":{"type":"string","description":"what"},
              "b":{"type":"integer"},"c":{"type":"string","enum":["x","y"]}},"required":["a"]})",
                                10'000));
  EXPECT_EQ(tools[0].defaults.at(0).second, json::value(3));
}

TEST(HttpToolSettings, NamesWhatIsWrong) {
  EXPECT_THAT(wrong("url: \"file:///etc/passwd\""), HasSubstr("must be http://"));
  EXPECT_THAT(wrong("url: \"http://{{a}}/x\", parameters: {a: {}}"), HasSubstr("only behind its host"));
  EXPECT_THAT(wrong("url: \"http://h{{a}}\", parameters: {a: {}}"), HasSubstr("only behind its host"));
  EXPECT_THAT(wrong("url: \"http://user:word@h/\""), HasSubstr("must be http://"));
  EXPECT_THAT(wrong("url: \"http://h/{{b}}\""), HasSubstr("{{b}}"));
  EXPECT_THAT(wrong("url: \"http://h/\", body: \"x\""), HasSubstr("needs a method"));
  EXPECT_THAT(wrong("url: \"http://h/\", answer: \"x\""), HasSubstr("must be a pointer"));
  EXPECT_THAT(wrong("url: \"http://h/\", answer: \"{{x}}\""), HasSubstr("no pointer"));
  EXPECT_THAT(wrong("url: \"http://h/\", parameters: {secret: {}}"), HasSubstr("not 'secret'"));
  EXPECT_THAT(wrong("url: \"http://h/\", schema: \"{\""), HasSubstr("JSON schema"));
  EXPECT_THAT(wrong("url: \"http://h/\", secret: word"), HasSubstr("secret"));
  EXPECT_THAT(wrong("url: \"http://h/{{id}}\", lookup: {url: \"http://h/\", take: {id: id}}"),
              HasSubstr("a pointer such as"));
}

TEST(HttpToolSettings, TheToolsThatAreShippedAreRight) {
  for (const char* key : {"QWEATHER_KEY", "TAVILY_KEY", "METASO_KEY"}) ::setenv(key, "word", 1);
  ConfigReader reader = ConfigReader::load(std::string(EARSHOT_SOURCE_DIR) + "/deploy/config/tools.yaml");
  const auto tools = read_http_tools(reader.root().section("http_tools"));
  EXPECT_EQ(tools.size(), 7U);
  try {
    reader.finish();
  } catch (const ConfigError& failure) {
    EXPECT_THAT(failure.what(), testing::Not(HasSubstr("http_tools"))) << "the servers are read elsewhere";
  }
}

}  // namespace
}  // namespace earshot::worker
