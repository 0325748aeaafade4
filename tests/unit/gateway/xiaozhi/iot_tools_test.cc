#include "gateway/xiaozhi/iot_tools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// As firmware 1.7.6 sends them.
constexpr const char* kSpeaker =
    R"([{"name":"Speaker","description":"扬声器","properties":{"volume":{"description":"当前音量值","type":"number"}},)"
    R"("methods":{"SetVolume":{"description":"设置音量","parameters":{"volume":{"description":"0到100之间的整数",)"
    R"("type":"number"}}}}}])";
constexpr const char* kLamp =
    R"([{"name":"Lamp","description":"一个测试用的灯","properties":{"power":{"description":"灯是否打开","type":"boolean"}},)"
    R"("methods":{"TurnOn":{"description":"打开灯","parameters":{}},"TurnOff":{"description":"关闭灯","parameters":{}}}}])";
constexpr const char* kStates =
    R"([{"name":"Speaker","state":{"volume":70}},{"name":"Lamp","state":{"power":false}}])";

json::array array_of(const std::string& text) {
  return json::parse_value(text, 1 << 20).value().as_array();
}

class IotToolsTest : public testing::Test {
 protected:
  std::optional<std::string> descriptors(const std::string& text) { return tools.hear(array_of(text), {}); }
  std::optional<std::string> states(const std::string& text) { return tools.hear({}, array_of(text)); }
  IotTools::Answer ask(const std::string& request) {
    return tools.request(json::parse_object(request, 1 << 16).value());
  }
  IotTools::Answer call(const std::string& name, const std::string& arguments = "{}") {
    return ask(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":")" + name +
               R"(","arguments":)" + arguments + "}}");
  }
  json::array listed() {
    const auto answer = ask(R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})");
    return json::parse_object(answer.reply.value(), 1 << 20).value().at("result").at("tools").as_array();
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const json::value& tool : listed()) all.emplace_back(tool.at("name").as_string());
    return all;
  }

  IotTools tools;
};

TEST_F(IotToolsTest, AnswersInTheDevicesPlace) {
  const auto answer = ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
  EXPECT_THAT(answer.reply.value(), HasSubstr(R"("protocolVersion":"2024-11-05")"));
  EXPECT_THAT(answer.reply.value(), HasSubstr(R"("id":1)"));
  EXPECT_FALSE(ask(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").reply);
  EXPECT_THAT(ask(R"({"jsonrpc":"2.0","id":3,"method":"resources/list"})").reply.value(),
              HasSubstr("-32601"));
}

TEST_F(IotToolsTest, OffersEachMethodAndEachProperty) {
  descriptors(kSpeaker);
  descriptors(kLamp);
  tools.listens();
  EXPECT_THAT(names(), ElementsAre("Lamp.TurnOff", "Lamp.TurnOn", "Lamp.get_power", "Speaker.SetVolume",
                                   "Speaker.get_volume"));
  const json::array all = listed();
  EXPECT_EQ(json::serialize(all[3].at("inputSchema")),
            R"({"type":"object","properties":{"volume":{"type":"integer","description":"0到100之间的整数"}},)"
            R"("required":["volume"]})");
  EXPECT_EQ(all[3].at("description").as_string(), "扬声器: 设置音量");
}

TEST_F(IotToolsTest, TurnsACallIntoACommandForTheDevice) {
  descriptors(kSpeaker);
  const auto answer = call("Speaker.SetVolume", R"({"volume":50,"other":1})");
  ASSERT_TRUE(answer.commands);
  EXPECT_EQ(json::serialize(*answer.commands),
            R"([{"name":"Speaker","method":"SetVolume","parameters":{"volume":50}}])");
  EXPECT_THAT(answer.reply.value(), HasSubstr("sent to the device"));
}

TEST_F(IotToolsTest, ReadsAPropertyFromTheLastState) {
  descriptors(kSpeaker);
  EXPECT_THAT(call("Speaker.get_volume").reply.value(), HasSubstr("has not told it yet"));
  states(kStates);
  EXPECT_THAT(call("Speaker.get_volume").reply.value(), HasSubstr(R"("text":"70")"));
  EXPECT_FALSE(call("Speaker.get_volume").commands);
  states(R"([{"name":"Speaker","state":{"volume":"loud"}},{"name":"Speaker","state":{"volume":30}}])");
  EXPECT_THAT(call("Speaker.get_volume").reply.value(), HasSubstr(R"("text":"30")"));
}

TEST_F(IotToolsTest, RefusesWrongArgumentsAndUnknownTools) {
  descriptors(kSpeaker);
  for (const char* wrong : {"{}", R"({"volume":"50"})", R"({"volume":1.5})", R"({"volume":1e12})"}) {
    const auto answer = call("Speaker.SetVolume", wrong);
    EXPECT_FALSE(answer.commands) << wrong;
    EXPECT_THAT(answer.reply.value(), HasSubstr("Missing valid argument: volume")) << wrong;
  }
  for (const char* unknown :
       {"Speaker", "Speaker.", ".SetVolume", "Lamp.TurnOn", "Speaker.volume", "Speaker.get_"})
    EXPECT_THAT(call(unknown).reply.value(), HasSubstr("Unknown tool")) << unknown;
}

TEST_F(IotToolsTest, AListThatIsAskedForTooEarlyIsAnsweredWhenTheDeviceListens) {
  EXPECT_FALSE(ask(R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})").reply);
  EXPECT_FALSE(descriptors(kSpeaker)) << "nobody knows a list that has changed";
  EXPECT_FALSE(states(kStates));
  const auto answer = tools.listens();
  EXPECT_THAT(answer.value(), HasSubstr("Speaker.SetVolume"));
  EXPECT_THAT(answer.value(), HasSubstr(R"("id":2)"));
  EXPECT_FALSE(tools.listens()) << "answered twice";
}

TEST_F(IotToolsTest, TellsOnceThatTheListHasChanged) {
  tools.listens();
  EXPECT_THAT(names(), SizeIs(0));
  EXPECT_THAT(descriptors(kSpeaker).value(), HasSubstr("notifications/tools/list_changed"));
  EXPECT_FALSE(descriptors(kLamp)) << "the worker has not asked again yet";
  EXPECT_THAT(names(), SizeIs(5));
  EXPECT_FALSE(states(kStates));
}

TEST_F(IotToolsTest, LeavesOutWhatHasNoUsableName) {
  descriptors(
      R"([{"name":"a\"b","methods":{"x":{}}},{"name":"","methods":{"x":{}}},{"methods":{"x":{}}},7,)"
      R"({"name":"Good","methods":{"a b":{},"ok":{"parameters":{"p.q":{"type":"number"},"n":{"type":"list"}}},"no":1},)"
      R"("properties":{"x":{"type":"array"},"y":"string"}}])");
  tools.listens();
  EXPECT_THAT(names(), ElementsAre("Good.ok"));
}

TEST_F(IotToolsTest, AMethodGoesBeforeAPropertyOfTheSameTool) {
  descriptors(R"([{"name":"T","methods":{"get_x":{}},"properties":{"x":{"type":"number"}}}])");
  tools.listens();
  EXPECT_THAT(names(), ElementsAre("T.get_x"));
  EXPECT_TRUE(call("T.get_x").commands);
}

TEST_F(IotToolsTest, TakesNoMoreThanItsBounds) {
  std::string many = "[";
  for (int thing = 0; thing < 100; ++thing) {
    if (thing > 0) many += ",";
    many += R"({"name":"t)" + std::to_string(thing) + R"(","methods":{)";
    for (int method = 0; method < 40; ++method) {
      if (method > 0) many += ",";
      many += R"("m)" + std::to_string(method) + R"(":{"description":")" + std::string(1000, 'x') + "\"}";
    }
    many += "}}";
  }
  json::array all = json::parse_value(many + "]", many.size() + 1).value().as_array();
  tools.hear(all, {});
  tools.listens();
  EXPECT_EQ(tools.things(), IotTools::kMaxThings);
  const auto list = ask(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})").reply.value();
  EXPECT_LE(list.size(), IotTools::kMaxListBytes + 256);
  EXPECT_THAT(names(), testing::Not(testing::Contains("t0.m39")));
  tools.hear(all, {});
  EXPECT_EQ(tools.things(), IotTools::kMaxThings) << "known things may be told again";
}

}  // namespace
}  // namespace earshot::gateway
