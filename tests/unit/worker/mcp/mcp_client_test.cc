#include "worker/mcp/mcp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const SteadyTime kStart{std::chrono::seconds(1000)};

struct Request {
  std::int64_t id = 0;
  std::string method;
  json::object params;
};

Request parse_request(const std::string& text) {
  const auto parsed = json::parse_object(text, 1 << 20);
  EXPECT_TRUE(parsed.ok()) << text;
  return {.id = json::find_int(*parsed, "id").value_or(-1),
          .method = std::string(json::find_string(*parsed, "method").value_or("")),
          .params = *json::find_object(*parsed, "params")};
}

std::string page(std::int64_t id, const std::vector<std::string>& names, const std::string& next = "") {
  json::array tools;
  for (const std::string& name : names) {
    tools.push_back(json::object{
        {"name", name}, {"description", "d"}, {"inputSchema", json::object{{"type", "object"}}}});
  }
  json::object result{{"tools", tools}};
  if (!next.empty()) result["nextCursor"] = next;
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string text_result(std::int64_t id, const std::string& text) {
  const json::array content{json::object{{"type", "text"}, {"text", text}}};
  return json::serialize(json::object{
      {"jsonrpc", "2.0"}, {"id", id}, {"result", json::object{{"content", content}, {"isError", false}}}});
}

std::string with_id(std::int64_t id, const std::string& member) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + "," + member + "}";
}

class McpClientTest : public testing::Test {
 protected:
  std::vector<Request> sent() {
    std::vector<Request> requests;
    McpOutput output = client->take_output();
    for (const std::string& message : output.messages) requests.push_back(parse_request(message));
    for (McpAnswer& answer : output.answers) answers.push_back(std::move(answer));
    late.insert(late.end(), output.late.begin(), output.late.end());
    return requests;
  }
  void list(const std::vector<std::string>& names) {
    client->start(kStart);
    client->on_message(page(sent().at(1).id, names), kStart);
  }
  McpTicket call(const std::string& name, Milliseconds timeout = 5s) {
    return client->call(name, "{}", {.late_after = timeout, .timeout = timeout}, kStart);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const ToolSpec& tool : client->tools()) out.push_back(tool.name);
    return out;
  }

  std::optional<McpClient> client{std::in_place};
  std::vector<McpAnswer> answers;
  std::vector<McpTicket> late;
};

TEST_F(McpClientTest, SendsInitializeAndTheFirstListAtOnceWithNumericIdsFromOne) {
  client->start(kStart);
  const auto requests = sent();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].method, "initialize");
  EXPECT_EQ(requests[0].id, 1);
  EXPECT_NE(json::find_object(requests[0].params, "capabilities"), nullptr);
  EXPECT_EQ(requests[1].method, "tools/list");
  EXPECT_EQ(requests[1].id, 2);
  EXPECT_FALSE(requests[1].params.contains("withUserTools"));
}

TEST_F(McpClientTest, FollowsTheCursorUntilThereIsNone) {
  client->start(kStart);
  client->on_message(page(2, {"a", "b"}, "c"), kStart);
  const auto second = sent().back();
  EXPECT_EQ(json::find_string(second.params, "cursor"), "c");
  EXPECT_FALSE(client->list_settled());
  client->on_message(page(second.id, {"c"}), kStart);
  EXPECT_TRUE(client->list_settled());
  EXPECT_THAT(names(), ElementsAre("a", "b", "c"));
}

TEST_F(McpClientTest, StopsWhenACursorComesRoundAgain) {
  client->start(kStart);
  client->on_message(page(2, {"a"}, "x"), kStart);
  client->on_message(page(3, {"b"}, "y"), kStart);
  client->on_message(page(4, {"c"}, "x"), kStart);
  EXPECT_TRUE(client->list_settled());
  EXPECT_EQ(client->counters().value(McpEvent::kListTruncated), 1U);
  EXPECT_THAT(names(), ElementsAre("a", "b", "c"));
}

TEST_F(McpClientTest, BoundsPagesAndTools) {
  client.emplace(McpLimits{.tools = 5, .pages = 3});
  client->start(kStart);
  client->on_message(page(2, {"a", "b", "c", "d", "e", "f"}, "next"), kStart);
  EXPECT_THAT(client->tools(), SizeIs(5));
  EXPECT_TRUE(client->list_settled());

  client.emplace(McpLimits{.tools = 500, .pages = 3});
  client->start(kStart);
  for (int i = 0; i < 10; ++i) {
    client->on_message(page(2 + i, {"t" + std::to_string(i)}, "c" + std::to_string(i)), kStart);
  }
  EXPECT_THAT(client->tools(), SizeIs(3));
  EXPECT_TRUE(client->list_settled());
}

TEST_F(McpClientTest, AsksForAPageTwiceAndThenGoesOnWithWhatThereIs) {
  client->start(kStart);
  client->on_message(page(2, {"a"}, "b"), kStart);
  sent();
  client->tick(kStart + 9s);
  EXPECT_THAT(sent(), IsEmpty());
  client->tick(kStart + 10s);
  const auto again = sent();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(json::find_string(again[0].params, "cursor"), "b");
  client->tick(kStart + 20s);
  EXPECT_TRUE(client->list_settled());
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(client->counters().value(McpEvent::kListFailed), 1U);
}

TEST_F(McpClientTest, ListErrorSettlesWithoutTools) {
  client->start(kStart);
  client->on_message(with_id(2, R"("error":{"message":"Method not implemented: tools/list"})"), kStart);
  EXPECT_TRUE(client->list_settled());
  EXPECT_THAT(client->tools(), IsEmpty());
}

TEST_F(McpClientTest, LeavesOutUserOnlyToolsDoublesAndUnusableNames) {
  client->start(kStart);
  client->on_message(
      with_id(
          2,
          R"("result":{"tools":[{"name":"self.reboot","annotations":{"audience":["user"]}},{"name":"ok"},)"
          R"({"name":"ok"},{"name":"with \" quote"},{"name":"with blank "},{"name":""},{"name":7},3,null]})"),
      kStart);
  EXPECT_THAT(names(), ElementsAre("ok"));
  EXPECT_EQ(client->counters().value(McpEvent::kToolLeftOut), 8U);
}

TEST_F(McpClientTest, CallsOnlyWhatTheDeviceHasListed) {
  list({"self.get_device_status"});
  call("self.reboot");
  EXPECT_THAT(sent(), IsEmpty());
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].text.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(client->counters().value(McpEvent::kCallRefused), 1U);
}

TEST_F(McpClientTest, RefusesArgumentsThatAreNoObject) {
  list({"a"});
  for (const char* arguments : {"[1]", "7", "{", "\"x\""}) client->call("a", arguments, {}, kStart);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(answers, SizeIs(4));
}

TEST_F(McpClientTest, SendsOneCallAtATime) {
  list({"a", "b"});
  const McpTicket first = call("a");
  const McpTicket second = call("b");
  auto requests = sent();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(json::find_string(requests[0].params, "name"), "a");
  client->on_message(text_result(requests[0].id, "true"), kStart + 1s);
  requests = sent();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(json::find_string(requests[0].params, "name"), "b");
  client->on_message(text_result(requests[0].id, "42"), kStart + 2s);
  sent();
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].ticket, first);
  EXPECT_EQ(*answers[0].text, "true");
  EXPECT_EQ(answers[1].ticket, second);
  EXPECT_EQ(*answers[1].text, "42");
}

TEST_F(McpClientTest, ReadsResultsOfAllShapes) {
  struct Case {
    const char* member;
    std::optional<std::string> text;
  };
  const Case cases[] = {
      {R"("result":{"content":[{"type":"text","text":"{\"a\":1}"}],"isError":false})", R"({"a":1})"},
      {R"("result":{"content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]})", "x\ny"},
      {R"("result":{"content":[{"type":"image","image":"{}"}]})", ""},
      {R"("result":{"content":[]})", ""},
      {R"("result":true)", "true"},
      {R"("result":{"content":[{"type":"text","text":"no"}],"isError":true})", std::nullopt},
      {R"("error":{"message":"Unknown tool: X"})", std::nullopt},
      {R"("error":"broken")", std::nullopt},
      {R"("error":{"code":-32603,"message":"m"},"result":{})", std::nullopt},
      {R"("nothing":0)", std::nullopt},
  };
  for (const Case& one : cases) {
    client.emplace();
    answers.clear();
    list({"a"});
    call("a");
    client->on_message(with_id(sent().at(0).id, one.member), kStart);
    sent();
    ASSERT_THAT(answers, SizeIs(1)) << one.member;
    EXPECT_EQ(answers[0].text.ok(), one.text.has_value()) << one.member;
    if (one.text) {
      EXPECT_EQ(*answers[0].text, *one.text) << one.member;
    }
  }
}

TEST_F(McpClientTest, ErrorWithoutCodeCarriesItsMessage) {
  list({"a"});
  call("a");
  client->on_message(with_id(sent().at(0).id, R"("error":{"message":"Value exceeds maximum allowed: 100"})"),
                     kStart);
  sent();
  EXPECT_EQ(answers.at(0).text.error().message, "Value exceeds maximum allowed: 100");
}

TEST_F(McpClientTest, CallEndsAtItsDeadlineAndTheNextOneGoesOut) {
  list({"a", "b"});
  call("a", 2s);
  call("b", 10s);
  const auto late_id = sent().at(0).id;
  EXPECT_EQ(client->next_deadline(), kStart + 2s);
  client->tick(kStart + 2s);
  EXPECT_THAT(sent(), SizeIs(1));
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].text.error().code, ErrorCode::kTimeout);
  client->on_message(text_result(late_id, "too late"), kStart + 3s);
  sent();
  EXPECT_THAT(answers, SizeIs(1));
  EXPECT_EQ(client->counters().value(McpEvent::kLateReply), 1U);
}

constexpr McpPatience kLong{.late_after = 2s, .timeout = 60s};

TEST_F(McpClientTest, ALateCallLetsGoOfTheLineAndItsAnswerStillCounts) {
  list({"a", "b"});
  const McpTicket a = client->call("a", "{}", kLong, kStart);
  const McpTicket b = client->call("b", "{}", kLong, kStart + 1s);
  const auto id_of_a = sent().at(0).id;
  EXPECT_EQ(client->next_deadline(), kStart + 2s);
  client->tick(kStart + 2s);
  const auto requests = sent();
  EXPECT_THAT(late, ElementsAre(a));
  ASSERT_THAT(requests, SizeIs(1));
  client->on_message(text_result(requests[0].id, "b"), kStart + 2500ms);
  client->on_message(text_result(id_of_a, "a"), kStart + 50s);
  sent();
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].ticket, b);
  EXPECT_EQ(answers[1].ticket, a);
  EXPECT_EQ(*answers[1].text, "a");
  EXPECT_THAT(late, ElementsAre(a)) << "told once";
  EXPECT_EQ(client->next_deadline(), std::nullopt);
}

TEST_F(McpClientTest, ALateCallFailsAtItsDeadline) {
  list({"a"});
  client->call("a", "{}", kLong, kStart);
  client->tick(kStart + 2s);
  EXPECT_EQ(client->next_deadline(), kStart + 60s);
  client->tick(kStart + 60s);
  sent();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].text.error().code, ErrorCode::kTimeout);
}

TEST_F(McpClientTest, LateCallsAreBounded) {
  client.emplace(McpLimits{.queued_calls = 100, .late_calls = 2});
  list({"a"});
  SteadyTime now = kStart;
  for (int i = 0; i < 10; ++i) {
    client->call("a", "{}", kLong, now);
    client->tick(now += 2s);
  }
  sent();
  EXPECT_THAT(answers, SizeIs(8));
  EXPECT_EQ(client->counters().value(McpEvent::kCallLate), 10U);
}

TEST_F(McpClientTest, AReplyWithTheIdZeroAnswersNoCallThatWaits) {
  list({"a"});
  call("a");
  call("a");
  sent();
  client->on_message(text_result(0, "x"), kStart);
  sent();
  EXPECT_THAT(answers, IsEmpty());
}

TEST_F(McpClientTest, WaitingCallIsDueBeforeItWasSent) {
  list({"a", "b"});
  call("a", 10s);
  call("b", 1s);
  sent();
  client->tick(kStart + 1s);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(McpClientTest, SilenceOfAToolThatRestartsTheDeviceIsSuccess) {
  list({"self.system.reconfigure_wifi"});
  call("self.system.reconfigure_wifi", 2s);
  sent();
  client->tick(kStart + 2s);
  sent();
  EXPECT_TRUE(answers.at(0).text.ok());
}

TEST_F(McpClientTest, CancelledCallIsNotAnsweredButHoldsTheLine) {
  list({"a", "b"});
  const McpTicket first = call("a");
  const auto id = sent().at(0).id;
  client->cancel(first);
  call("b");
  EXPECT_THAT(sent(), IsEmpty());
  client->on_message(text_result(id, "true"), kStart);
  EXPECT_THAT(sent(), SizeIs(1));
  EXPECT_THAT(answers, IsEmpty());
}

TEST_F(McpClientTest, CancelledWaitingCallIsNeverSent) {
  list({"a", "b"});
  call("a");
  const McpTicket second = call("b");
  const auto id = sent().at(0).id;
  client->cancel(second);
  client->on_message(text_result(id, "true"), kStart);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(McpClientTest, TooManyCallsAreRefused) {
  list({"a"});
  for (int i = 0; i < 20; ++i) call("a");
  sent();
  EXPECT_THAT(answers, SizeIs(4));
  EXPECT_EQ(client->counters().value(McpEvent::kCallsOverflow), 4U);
}

TEST_F(McpClientTest, RepliesThatBelongToNothingAreCountedAndIgnored) {
  struct Case {
    const char* payload;
    McpEvent event;
  };
  const Case cases[] = {
      {R"({"jsonrpc":"2.0","id":"3","result":{}})", McpEvent::kBadId},
      {R"({"jsonrpc":"2.0","result":{}})", McpEvent::kBadId},
      {R"({"jsonrpc":"2.0","id":null,"result":{}})", McpEvent::kBadId},
      {R"({"jsonrpc":"2.0","id":1.5,"result":{}})", McpEvent::kBadId},
      {R"({"jsonrpc":"2.0","id":99,"result":{}})", McpEvent::kUnknownId},
      {R"({"jsonrpc":"2.0","id":-1,"result":{}})", McpEvent::kUnknownId},
      {R"({"jsonrpc":"2.0","id":99999999999999999999,"result":{}})", McpEvent::kBadId},
      {R"({"jsonrpc":"2.0","id":2,"result":{"tools":[]}})", McpEvent::kLateReply},
      {R"({"jsonrpc":"2.0","method":"notifications/state_changed"})", McpEvent::kDeviceRequest},
      {R"({"jsonrpc":"2.0","id":3,"method":"tools/call"})", McpEvent::kDeviceRequest},
      {"[]", McpEvent::kUnreadable},
      {"{", McpEvent::kUnreadable},
      {"", McpEvent::kUnreadable},
  };
  for (const Case& one : cases) {
    client.emplace();
    list({"a"});
    client->on_message(one.payload, kStart);
    EXPECT_EQ(client->counters().value(one.event), 1U) << one.payload;
  }
}

TEST_F(McpClientTest, SurvivesAStormOfReplies) {
  list({"a"});
  call("a");
  const auto id = sent().at(0).id;
  for (int i = 0; i < 10'000; ++i) client->on_message(text_result(id, "again"), kStart);
  sent();
  EXPECT_THAT(answers, SizeIs(1));
  EXPECT_EQ(client->counters().value(McpEvent::kLateReply), 9'999U);
}

TEST_F(McpClientTest, LongAndBrokenTextsAreCutAndCleaned) {
  client.emplace(McpLimits{.result_bytes = 16});
  list({"a"});
  call("a");
  client->on_message(text_result(sent().at(0).id, std::string(5000, 'x')), kStart);
  sent();
  EXPECT_LE(answers.at(0).text.value().size(), 16U);
}

TEST_F(McpClientTest, RemembersWhoTheDeviceSaysItIs) {
  client->start(kStart);
  client->on_message(with_id(1, R"("result":{"serverInfo":{"name":"bread-compact-wifi","version":"2.4.2"}})"),
                     kStart);
  EXPECT_EQ(client->device_name(), "bread-compact-wifi");
}

TEST_F(McpClientTest, GoesOnWhereAnotherHasListed) {
  EXPECT_FALSE(client->known().has_value());
  list({"self.a", "self.b"});
  const auto known = client->known();
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->last_id, 2);

  client.emplace();
  client->go_on(*known);
  EXPECT_TRUE(client->list_settled());
  EXPECT_THAT(names(), ElementsAre("self.a", "self.b"));
  EXPECT_THAT(sent(), IsEmpty());
  call("self.b");
  const auto requests = sent();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].id, 3);
  client->on_message(text_result(2, "to the other"), kStart);
  sent();
  EXPECT_THAT(answers, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
