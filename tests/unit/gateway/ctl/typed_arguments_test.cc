#include "gateway/ctl/typed_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

using testing::HasSubstr;

json::object schema() {
  return *json::parse_object(R"({"type":"object","properties":{
    "volume":{"type":"integer","minimum":0,"maximum":100},
    "speed":{"type":"number"},
    "on":{"type":"boolean"},
    "theme":{"type":"string","enum":["light","dark"]},
    "text":{"type":"string"},
    "maybe":{"type":["integer","null"]},
    "list":{"type":"array"}}})",
                             4096);
}

std::string typed(const std::vector<std::string>& words) {
  const json::object tool = schema();
  const auto arguments = typed_arguments(words, &tool);
  return arguments ? json::serialize(*arguments) : "error: " + arguments.error().message;
}

TEST(TypedArgumentsTest, ValuesGetTheTypeThatTheSchemaAsksFor) {
  EXPECT_EQ(typed({"volume=50"}), R"({"volume":50})");
  EXPECT_EQ(typed({"speed=1.5"}), R"({"speed":1.5E0})");
  EXPECT_EQ(typed({"on=off"}), R"({"on":false})");
  EXPECT_EQ(typed({"text=50"}), R"({"text":"50"})");
  EXPECT_EQ(typed({"text=a=b"}), R"({"text":"a=b"})");
  EXPECT_EQ(typed({"text="}), R"({"text":""})");
  EXPECT_EQ(typed({"maybe=3"}), R"({"maybe":3})");
  EXPECT_EQ(typed({"list=[1,2]"}), R"({"list":[1,2]})");
  EXPECT_EQ(typed({"theme=dark", "volume=1"}), R"({"theme":"dark","volume":1})");
}

TEST(TypedArgumentsTest, AWrongValueIsToldWithWhatTheToolTakes) {
  EXPECT_THAT(typed({"volume=loud"}), HasSubstr("volume takes an integer"));
  EXPECT_THAT(typed({"volume=5x"}), HasSubstr("volume takes an integer"));
  EXPECT_THAT(typed({"volume=101"}), HasSubstr("volume takes 0 to 100"));
  EXPECT_THAT(typed({"on=maybe"}), HasSubstr("on takes true or false"));
  EXPECT_THAT(typed({"theme=red"}), HasSubstr("one of light, dark"));
  EXPECT_THAT(typed({"list={}"}), HasSubstr("JSON array"));
  EXPECT_THAT(typed({"speed=nan"}), HasSubstr("speed takes a number"));
  EXPECT_THAT(typed({"loudness=5"}), HasSubstr("it takes volume, speed"));
  EXPECT_THAT(typed({"volume"}), HasSubstr("not KEY=VALUE"));
  EXPECT_THAT(typed({"volume=1", "volume=2"}), HasSubstr("twice"));
}

TEST(TypedArgumentsTest, AToolWithoutPropertiesTakesNone) {
  const json::object none;
  const std::vector<std::string> words{"x=1"};
  EXPECT_THAT(typed_arguments(words, &none).error().message, HasSubstr("takes none"));
}

TEST(TypedArgumentsTest, WithoutASchemaJsonIsJsonAndTheRestIsText) {
  const std::vector<std::string> words{"a=5", "b=true", "c=hello", "d={\"x\":1}"};
  EXPECT_EQ(json::serialize(*typed_arguments(words, nullptr)), R"({"a":5,"b":true,"c":"hello","d":{"x":1}})");
}

}  // namespace
}  // namespace earshot::ctl
