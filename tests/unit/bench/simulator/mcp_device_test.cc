#include "bench/simulator/mcp_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class McpDeviceTest : public testing::Test {
 protected:
  explicit McpDeviceTest(std::vector<std::string> tools = {"status", "volume", "brightness", "theme"})
      : device_(std::move(*make_tools(tools, status_)), "earshot-sim", "2.4.2") {}

  McpDevice::Request ask(const std::string& payload) {
    broken_.clear();
    return device_.receive(*json::parse_object(payload, 100'000), broken_);
  }
  McpDevice::Request call(const std::string& name, const std::string& arguments) {
    return ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" + name +
               R"(","arguments":)" + arguments + "}}");
  }
  // What a tool answers, when it is run.
  std::string text(const std::string& name, const std::string& arguments) {
    const auto request = call(name, arguments);
    return request.run ? device_.run(*request.run).text : request.reply.value_or("nothing");
  }
  std::vector<Rule> broken() const {
    std::vector<Rule> rules;
    for (const Violation& violation : broken_) rules.push_back(violation.rule);
    return rules;
  }

  DeviceStatus status_;
  McpDevice device_;
  Violations broken_;
};

TEST_F(McpDeviceTest, Initializes) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})").reply,
            R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2024-11-05","capabilities":{"tools":{}},)"
            R"("serverInfo":{"name":"earshot-sim","version":"2.4.2"}}})");
}

TEST_F(McpDeviceTest, DropsWithoutAnswerWhatTheFirmwareDrops) {
  struct Case {
    const char* payload;
    std::vector<Rule> broken;
  };
  const Case cases[] = {
      {R"({"id":1,"method":"tools/list"})", {Rule::kMcpBadRequest}},
      {R"({"jsonrpc":"1.0","id":1,"method":"tools/list"})", {Rule::kMcpBadRequest}},
      {R"({"jsonrpc":"2.0","id":1,"result":{}})", {Rule::kMcpBadRequest}},
      {R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]})", {Rule::kMcpBadRequest}},
      {R"({"jsonrpc":"2.0","id":"1","method":"tools/list"})", {Rule::kMcpIdNotNumber}},
      {R"({"jsonrpc":"2.0","method":"tools/list"})", {Rule::kMcpIdNotNumber}},
      {R"({"jsonrpc":"2.0","id":null,"method":"tools/list"})", {Rule::kMcpIdNotNumber}},
      {R"({"jsonrpc":"2.0","method":"notifications/initialized"})", {}},
  };
  for (const Case& given : cases) {
    const auto request = ask(given.payload);
    EXPECT_FALSE(request.reply || request.run) << given.payload;
    EXPECT_EQ(broken(), given.broken) << given.payload;
  }
}

TEST_F(McpDeviceTest, CutsTheIdToInt32) {
  EXPECT_THAT(*ask(R"({"jsonrpc":"2.0","id":1.5,"method":"initialize"})").reply, HasSubstr(R"("id":1,)"));
  EXPECT_THAT(broken(), ElementsAre(Rule::kMcpIdNotInt32));
  EXPECT_THAT(*ask(R"({"jsonrpc":"2.0","id":4294967296,"method":"initialize"})").reply,
              HasSubstr(R"("id":2147483647,)"));
  EXPECT_THAT(broken(), ElementsAre(Rule::kMcpIdNotInt32));
}

TEST_F(McpDeviceTest, AnswersErrorsWithoutCode) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":9,"method":"resources/list"})").reply,
            R"({"jsonrpc":"2.0","id":9,"error":{"message":"Method not implemented: resources/list"}})");
  const auto message = [&](const std::string& payload) { return *ask(payload).reply; };
  EXPECT_THAT(message(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})"), HasSubstr("Missing params"));
  EXPECT_THAT(message(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})"),
              HasSubstr("Missing name"));
  EXPECT_THAT(
      message(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}})"),
      HasSubstr("Invalid arguments"));
}

TEST(McpDeviceErrors, HaveACodeOnNewerFirmware) {
  McpDevice device({}, "board", "2.5.0", true);
  Violations broken;
  const auto error = [&](const std::string& rest) {
    return *device.receive(*json::parse_object(R"({"jsonrpc":"2.0","id":9,)" + rest + "}", 4096), broken)
                .reply;
  };
  EXPECT_EQ(
      error(R"("method":"resources/list")"),
      R"({"jsonrpc":"2.0","id":9,"error":{"code":-32601,"message":"Method not implemented: resources/list"}})");
  EXPECT_THAT(error(R"("method":"tools/call")"), HasSubstr(R"("code":-32602)"));
}

TEST_F(McpDeviceTest, ChecksArgumentsAsTheFirmware) {
  EXPECT_THAT(text("self.audio_speaker.set_volume", "{}"), HasSubstr("Missing valid argument: volume"));
  EXPECT_THAT(text("self.audio_speaker.set_volume", R"({"volume":"40"})"),
              HasSubstr("Missing valid argument: volume"));
  EXPECT_THAT(text("self.audio_speaker.set_volume", R"({"volume":-1})"),
              HasSubstr("Value is below minimum allowed: 0"));
  EXPECT_THAT(text("self.audio_speaker.set_volume", R"({"volume":101})"),
              HasSubstr("Value exceeds maximum allowed: 100"));
  EXPECT_EQ(status_.volume, 70);
  EXPECT_EQ(text("self.audio_speaker.set_volume", R"({"volume":40.9,"extra":1})"), "true");
  EXPECT_EQ(status_.volume, 40);
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(McpDeviceTest, ToolsChangeTheStateThatTheStatusTells) {
  text("self.screen.set_brightness", R"({"brightness":5})");
  EXPECT_EQ(text("self.screen.set_theme", R"({"theme":"dark"})"), "true");
  EXPECT_EQ(text("self.screen.set_theme", R"({"theme":"pink"})"), "false");
  EXPECT_EQ(text("self.get_device_status", "{}"),
            R"({"audio_speaker":{"volume":70},"screen":{"brightness":5,"theme":"dark"},)"
            R"("battery":{"level":85,"charging":false},)"
            R"("network":{"type":"wifi","ssid":"simulated","signal":"strong"}})");
}

TEST_F(McpDeviceTest, AnswersAToolAsTextContent) {
  const auto request = call("self.audio_speaker.set_volume", R"({"volume":40})");
  EXPECT_TRUE(request.is_call);
  ASSERT_TRUE(request.run);
  EXPECT_EQ(
      device_.run(*request.run).reply,
      R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"true"}],"isError":false}})");
}

TEST_F(McpDeviceTest, AnUnknownToolIsAnErrorAndABrokenRule) {
  EXPECT_THAT(text("self.fly", "{}"), HasSubstr("Unknown tool: self.fly"));
  EXPECT_THAT(broken(), ElementsAre(Rule::kMcpUnknownTool));
}

TEST_F(McpDeviceTest, RunsAUserOnlyToolForWhoeverNamesItAndTellsOnHim) {
  const auto request = call("self.reboot", "{}");
  EXPECT_THAT(broken(), ElementsAre(Rule::kMcpUserOnlyTool));
  ASSERT_TRUE(request.run);
  const auto outcome = device_.run(*request.run);
  EXPECT_FALSE(outcome.reply);
  EXPECT_TRUE(status_.rebooting);
}

TEST_F(McpDeviceTest, ListsUserOnlyToolsOnlyOnRequest) {
  const std::string plain = *ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})").reply;
  EXPECT_THAT(plain, HasSubstr("self.get_device_status"));
  EXPECT_THAT(plain, testing::Not(HasSubstr("self.reboot")));
  EXPECT_THAT(plain, testing::Not(HasSubstr("nextCursor")));
  const std::string all =
      *ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"withUserTools":true}})").reply;
  EXPECT_THAT(all, HasSubstr("self.reboot"));
  EXPECT_THAT(all, HasSubstr(R"("annotations":{"audience":["user"]})"));
}

TEST_F(McpDeviceTest, RefusesAnUnknownCursorInItsOddWay) {
  EXPECT_EQ(
      ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"nobody"}})").reply,
      R"({"jsonrpc":"2.0","id":1,"error":{"message":"Failed to add tool  because of payload size limit"}})");
}

class ManyToolsTest : public McpDeviceTest {
 protected:
  ManyToolsTest() : McpDeviceTest({"status", "board:60"}) {}
};

TEST_F(ManyToolsTest, PagesAt8000BytesAndNamesTheFirstToolLeftOut) {
  std::string cursor;
  std::vector<std::string> names;
  int pages = 0;
  do {
    const std::string reply =
        *ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":")" + cursor + R"("}})")
             .reply;
    EXPECT_LT(reply.size(), 8100U);
    const auto parsed = json::parse_object(reply, 100'000);
    const json::object* result = json::find_object(*parsed, "result");
    ASSERT_TRUE(result);
    const json::array* tools = json::find_array(*result, "tools");
    ASSERT_TRUE(tools);
    const std::size_t before = names.size();
    for (const json::value& tool : *tools) names.emplace_back(tool.at("name").as_string());
    ASSERT_GT(names.size(), before);
    if (!cursor.empty()) {
      EXPECT_EQ(names[before], cursor);
    }
    cursor = json::find_string(*result, "nextCursor").value_or("");
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(names.size(), 61U);
  EXPECT_EQ(names.back(), "self.light_60.set_level");
  EXPECT_GT(pages, 2);
}

class NoToolsTest : public McpDeviceTest {
 protected:
  NoToolsTest() : McpDeviceTest(std::vector<std::string>{}) {}
};

TEST_F(NoToolsTest, ListsNothing) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})").reply,
            R"({"jsonrpc":"2.0","id":1,"result":{"tools":[]}})");
}

TEST(DeviceTools, RefusesUnknownWords) {
  DeviceStatus status;
  EXPECT_FALSE(make_tools({"camera"}, status));
  EXPECT_FALSE(make_tools({"board:0"}, status));
  EXPECT_FALSE(make_tools({"board:x"}, status));
  EXPECT_TRUE(make_tools({"board:3"}, status));
}

}  // namespace
}  // namespace earshot::simulator
