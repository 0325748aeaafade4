// What the device does of its own accord: it asks, it changes its tools, it goes away, its replies are broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "worker/mcp/mcp_client.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr McpPatience kPatient{.late_after = 10s, .timeout = 300s};

class McpDeviceSideTest : public testing::Test {
 protected:
  McpDeviceSideTest() {
    client_.start(now_);
    take();
    list({"a", "b", "self.reboot"});
  }
  // RETURNS: what goes to the device.
  std::vector<json::object> take() {
    std::vector<json::object> sent;
    McpOutput output = client_.take_output();
    for (const std::string& message : output.messages) sent.push_back(*json::parse_object(message, 1 << 16));
    for (McpAnswer& answer : output.answers) answers_.push_back(std::move(answer));
    return sent;
  }
  std::int64_t take_id() { return json::find_int(take().at(0), "id").value_or(-1); }
  void hears(const std::string& text) { client_.on_message(text, now_); }
  void list(const std::vector<std::string>& names, const char* schema = "{}") {
    json::array tools;
    for (const std::string& name : names)
      tools.push_back(json::object{{"name", name}, {"inputSchema", *json::parse_value(schema, 4096)}});
    last_list_ += 1;
    hears(json::serialize(
        json::object{{"jsonrpc", "2.0"}, {"id", last_list_}, {"result", json::object{{"tools", tools}}}}));
  }
  void changed() { hears(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"); }
  // The device is asked for its list now.
  void expect_list_request() {
    const auto sent = take();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(json::find_string(sent[0], "method"), "tools/list");
    last_list_ = *json::find_int(sent[0], "id") - 1;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const ToolSpec& tool : client_.tools()) out.push_back(tool.name);
    return out;
  }
  std::uint64_t count(McpEvent event) const { return client_.counters().value(event); }

  SteadyTime now_{1h};
  McpClient client_;
  std::int64_t last_list_ = 1;
  std::vector<McpAnswer> answers_;
};

TEST_F(McpDeviceSideTest, APingIsAnswered) {
  for (const char* id : {"4711", "\"p-1\"", "0", "1.5"}) {
    hears(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}");
    const auto sent = take();
    ASSERT_THAT(sent, SizeIs(1)) << id;
    EXPECT_EQ(sent[0].at("id"), *json::parse_value(id, 100));
    EXPECT_EQ(sent[0].at("result"), json::value(json::object{}));
    EXPECT_FALSE(sent[0].contains("method"));
  }
  EXPECT_EQ(count(McpEvent::kPing), 4U);
}

TEST_F(McpDeviceSideTest, OtherRequestsAreToldThatThereIsNoSuchMethod) {
  hears(R"({"jsonrpc":"2.0","method":"sampling/createMessage","id":7,"params":{}})");
  const auto sent = take();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(json::find_int(*json::find_object(sent[0], "error"), "code"), -32601);
  EXPECT_EQ(sent[0].at("id"), json::value(7));
}

TEST_F(McpDeviceSideTest, NotificationsAndNonsenseAreNotAnswered) {
  hears(R"({"jsonrpc":"2.0","method":"notifications/state_changed"})");
  hears(R"({"jsonrpc":"2.0","method":"ping"})");
  hears(R"({"jsonrpc":"2.0","method":"ping","id":null})");
  hears(R"({"jsonrpc":"2.0","method":"ping","id":{}})");
  hears(R"({"jsonrpc":"2.0","method":"ping","id":")" + std::string(65, 'x') + R"("})");
  hears(R"({"jsonrpc":"2.0","method":7,"id":[]})");
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(McpDeviceSideTest, AFloodOfRequestsIsNotAnsweredInFull) {
  for (int i = 0; i < 1000; ++i) hears(R"({"jsonrpc":"2.0","method":"ping","id":1})");
  EXPECT_THAT(take(), SizeIs(20));
  EXPECT_EQ(count(McpEvent::kRequestFlood), 980U);
  now_ += 5s;
  hears(R"({"jsonrpc":"2.0","method":"ping","id":1})");
  EXPECT_THAT(take(), SizeIs(1));
}

TEST_F(McpDeviceSideTest, AChangedListIsAskedForAgainAndReplacesTheOld) {
  changed();
  expect_list_request();
  EXPECT_TRUE(client_.list_settled()) << "no turn waits for it";
  EXPECT_THAT(names(), ElementsAre("a", "b", "self.reboot"));
  list({"fan"});
  EXPECT_THAT(names(), ElementsAre("fan"));
}

TEST_F(McpDeviceSideTest, ChangesAreFollowedAtABoundedRateAndTheLastOneIsNotLost) {
  changed();
  expect_list_request();
  changed();  // while the list is on its way
  EXPECT_THAT(take(), IsEmpty());
  list({"x"});
  for (int i = 0; i < 100; ++i) changed();
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_EQ(client_.next_deadline(), now_ + 5s);
  now_ += 5s;
  client_.tick(now_);
  expect_list_request();
  list({"y"});
  EXPECT_THAT(names(), ElementsAre("y"));
  EXPECT_EQ(client_.next_deadline(), std::nullopt);
}

TEST_F(McpDeviceSideTest, AListThatFailsTheSecondTimeLeavesTheFirst) {
  changed();
  expect_list_request();
  now_ += 10s;
  client_.tick(now_);
  expect_list_request();
  now_ += 10s;
  client_.tick(now_);
  EXPECT_THAT(names(), ElementsAre("a", "b", "self.reboot"));
}

TEST_F(McpDeviceSideTest, AReplyThatNobodyCanReadFailsItsCallAtOnce) {
  client_.call("a", "{}", kPatient, now_);
  client_.call("b", "{}", kPatient, now_);
  client_.on_lost_reply(take_id(), McpClient::Loss::kUnreadable, now_);
  client_.on_lost_reply(take_id(), McpClient::Loss::kTooLarge, now_);
  client_.on_lost_reply(999, McpClient::Loss::kTooLarge, now_);
  client_.on_lost_reply(0, McpClient::Loss::kTooLarge, now_);
  take();
  ASSERT_THAT(answers_, SizeIs(2));
  EXPECT_THAT(answers_[0].text.error().message, HasSubstr("could not be read"));
  EXPECT_THAT(answers_[1].text.error().message, HasSubstr("too large"));
  EXPECT_EQ(client_.next_deadline(), std::nullopt);
}

TEST_F(McpDeviceSideTest, APageThatNobodyCanReadIsAskedForOnceMore) {
  changed();
  expect_list_request();
  client_.on_lost_reply(last_list_ + 1, McpClient::Loss::kUnreadable, now_);
  expect_list_request();
  client_.on_lost_reply(last_list_ + 1, McpClient::Loss::kUnreadable, now_);
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_EQ(count(McpEvent::kListFailed), 1U);
}

TEST_F(McpDeviceSideTest, ADeviceThatGoesAwayTakesItsOpenCallsWithIt) {
  client_.call("a", "{}", kPatient, now_);
  now_ += 10s;
  client_.tick(now_);  // late, and off the line
  client_.call("b", "{}", kPatient, now_);
  const auto waiting = client_.call("a", "{}", kPatient, now_);
  take();
  client_.set_online(false, now_);
  take();
  ASSERT_THAT(answers_, SizeIs(2));
  for (const McpAnswer& one : answers_) EXPECT_EQ(one.text.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(count(McpEvent::kDeviceAway), 1U);

  client_.set_online(true, now_ + 1s);
  const std::int64_t id = take_id();
  hears(R"({"jsonrpc":"2.0","result":true,"id":)" + std::to_string(id) + "}");
  take();
  ASSERT_THAT(answers_, SizeIs(3));
  EXPECT_EQ(answers_[2].ticket, waiting);
}

TEST_F(McpDeviceSideTest, NothingIsSentToADeviceThatIsAway) {
  client_.set_online(false, now_);
  client_.call("a", "{}", kPatient, now_);
  changed();
  client_.tick(now_ + 1s);
  EXPECT_THAT(take(), IsEmpty());
  client_.set_online(true, now_ + 2s);
  EXPECT_THAT(take(), SizeIs(2));
}

TEST_F(McpDeviceSideTest, AListThatWasLostOnItsWayIsAskedForAgain) {
  changed();
  expect_list_request();
  client_.set_online(false, now_);
  now_ += 15s;
  client_.tick(now_);
  EXPECT_THAT(take(), IsEmpty());
  client_.set_online(true, now_);
  expect_list_request();
  list({"z"});
  EXPECT_THAT(names(), ElementsAre("z"));
}

TEST_F(McpDeviceSideTest, GoingAwayIsTheAnswerOfAToolThatRestartsTheDevice) {
  client_.call("self.reboot", "{}", kPatient, now_);
  client_.set_online(false, now_);
  take();
  EXPECT_TRUE(answers_.at(0).text.ok());
}

TEST_F(McpDeviceSideTest, ACancelledCallIsNotAnsweredByLoss) {
  const auto first = client_.call("a", "{}", kPatient, now_);
  take();
  client_.cancel(first);
  client_.set_online(false, now_);
  take();
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(McpDeviceSideTest, ArgumentsAreFittedToTheSchema) {
  changed();
  expect_list_request();
  list({"volume"}, R"({"type":"object","properties":{"volume":{"type":"integer"}}})");
  client_.call("volume", R"({"volume":"49","other":"7"})", kPatient, now_);
  const auto sent = take();
  EXPECT_EQ(sent.at(0).at("params").at("arguments"), *json::parse_value(R"({"volume":49,"other":"7"})", 100));
}

TEST_F(McpDeviceSideTest, NamesInAnyScriptAreTools) {
  changed();
  expect_list_request();
  list({"self.灯光.打开", "Licht an", "caf\xC3\xA9"});
  EXPECT_THAT(names(), ElementsAre("self.灯光.打开", "Licht an", "caf\xC3\xA9"));
  hears(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  now_ += 5s;
  client_.tick(now_);
  expect_list_request();
  list({" a", "b ", "\x01", "\x7f", "a\nb"});
  EXPECT_THAT(names(), IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
