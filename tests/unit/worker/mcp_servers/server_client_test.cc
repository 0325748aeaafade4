// The client against a server that says whatever it likes, in virtual time.
#include "worker/mcp_servers/server_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class ServerClientTest : public testing::Test {
 protected:
  void take() {
    ServerOutput output = client.take_output();
    for (ServerMessage& message : output.messages) sent.push_back(std::move(message));
    for (ServerAnswer& answer : output.answers)
      answers.insert_or_assign(answer.ticket, std::move(answer.text));
    if (output.broken) broken = output.broken->message;
  }
  void say(const std::string& text) {
    client.on_message(text, now);
    take();
  }
  void reply(std::int64_t id, const std::string& result) {
    say(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + result + "}");
  }
  void later(Milliseconds time) {
    now += time;
    client.tick(now);
    take();
  }
  std::int64_t last_request() const { return sent.back().request; }
  void begin(const std::string& version = "2025-06-18") {
    client.start(now);
    take();
    reply(last_request(), R"({"protocolVersion":")" + version +
                              R"(","capabilities":{"tools":{}},"serverInfo":{"name":"s"}})");
  }
  void ready(const std::string& tools = R"([{"name":"look"},{"name":"wait"}])") {
    begin();
    reply(last_request(), R"({"tools":)" + tools + "}");
    ASSERT_TRUE(client.ready());
  }
  ServerTicket call(const std::string& tool, Milliseconds timeout = 30s) {
    const ServerTicket ticket = client.call(tool, {}, timeout, now);
    take();
    return ticket;
  }
  std::string answer(ServerTicket ticket) {
    const auto found = answers.find(ticket);
    if (found == answers.end()) return "(none)";
    return found->second.ok() ? *found->second : "error: " + found->second.error().message;
  }

  ServerLimits limits{.open_calls = 2, .waiting_calls = 1};
  ServerClient client{limits};
  SteadyTime now{};
  std::vector<ServerMessage> sent;
  std::map<ServerTicket, Result<std::string>> answers;
  std::string broken;
};

TEST_F(ServerClientTest, AgreesOnAVersionAndListsToolsOfSeveralPages) {
  begin("2024-11-05");
  EXPECT_EQ(client.version(), "2024-11-05");
  EXPECT_THAT(sent.at(1).text, HasSubstr("notifications/initialized"));
  EXPECT_TRUE(sent.at(1).barrier) << "the list must not overtake it";
  reply(last_request(), R"({"tools":[{"name":"a"}],"nextCursor":"2"})");
  EXPECT_FALSE(client.ready());
  EXPECT_THAT(sent.back().text, HasSubstr(R"("cursor":"2")"));
  reply(last_request(), R"({"tools":[{"name":"b"}]})");
  EXPECT_TRUE(client.ready());
  EXPECT_THAT(client.tools(), SizeIs(2));
}

TEST_F(ServerClientTest, AnUnknownVersionOrARefusalOrSilenceBreaksTheConnection) {
  begin("1999-01-01");
  EXPECT_THAT(broken, HasSubstr("version '1999-01-01'"));
  client.lost("x");
  client.start(now);
  take();
  say(R"({"id":)" + std::to_string(last_request()) + R"(,"error":{"code":1,"message":"go away"}})");
  EXPECT_THAT(broken, HasSubstr("go away"));
  client.lost("x");
  client.start(now);
  take();
  later(61s);
  EXPECT_THAT(broken, HasSubstr("in time"));
}

TEST_F(ServerClientTest, CallsAreBoundedWaitTheirTurnAndAnswerInAnyOrder) {
  ready();
  const auto first = call("look");
  const std::int64_t first_id = last_request();
  const auto second = call("wait");
  const std::int64_t second_id = last_request();
  const std::size_t before = sent.size();
  const auto third = call("look");
  EXPECT_EQ(sent.size(), before) << "two are open";
  EXPECT_THAT(answer(call("look")), HasSubstr("too many calls"));
  reply(second_id, R"({"content":[{"type":"text","text":"two"}]})");
  EXPECT_EQ(sent.size(), before + 1);
  reply(last_request(), R"({"content":[{"type":"text","text":"three"}]})");
  reply(
      first_id,
      R"({"content":[{"type":"text","text":"one"},{"type":"image","mimeType":"image/png","data":"eA=="}]})");
  EXPECT_EQ(answer(second), "two");
  EXPECT_EQ(answer(third), "three");
  EXPECT_EQ(answer(first), "one\n[an image, which is not shown: image/png]");
}

TEST_F(ServerClientTest, ErrorsAreErrorsAndLongAnswersAreCut) {
  ready();
  auto ticket = call("look");
  reply(last_request(), R"({"isError":true,"content":[{"type":"text","text":"no such city"}]})");
  EXPECT_EQ(answer(ticket), "error: no such city");
  ticket = call("look");
  reply(last_request(), R"({"content":[{"type":"text","text":")" + std::string(500'000, 'x') + R"("}]})");
  EXPECT_EQ(answer(ticket).size(), limits.result_bytes);
  ticket = call("look");
  reply(last_request(), R"({"content":[],"structuredContent":{"t":21}})");
  EXPECT_EQ(answer(ticket), R"({"t":21})");
}

TEST_F(ServerClientTest, ACallThatTakesTooLongIsCancelledAndProgressRenewsThePatience) {
  ready();
  const auto slow = call("wait", 10s);
  const std::int64_t id = last_request();
  later(9s);
  say(R"({"method":"notifications/progress","params":{"progressToken":)" + std::to_string(id) + "}}");
  later(9s);
  EXPECT_EQ(answer(slow), "(none)");
  later(2s);
  EXPECT_THAT(answer(slow), HasSubstr("did not answer in time"));
  EXPECT_THAT(sent.back().text, HasSubstr("notifications/cancelled"));
  EXPECT_THAT(sent.back().text, HasSubstr(R"("requestId":)" + std::to_string(id)));
  reply(id, R"({"content":[]})");
  EXPECT_EQ(client.counters().value(ServerEvent::kUnknownReply), 1U);
}

TEST_F(ServerClientTest, ProgressDoesNotKeepACallForever) {
  ready();
  const auto slow = call("wait", 10s);
  const std::int64_t id = last_request();
  for (int i = 0; i < 70; ++i) {
    later(5s);
    say(R"({"method":"notifications/progress","params":{"progressToken":)" + std::to_string(id) + "}}");
  }
  EXPECT_THAT(answer(slow), HasSubstr("did not answer in time"));
}

TEST_F(ServerClientTest, AServerThatAnswersNothingAnyMoreIsTakenForDead) {
  ready();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(broken, IsEmpty());
    call("wait", 1s);
    later(2s);
  }
  EXPECT_THAT(broken, HasSubstr("answers nothing"));
}

TEST_F(ServerClientTest, WhenTheWayBreaksAllThatWaitIsToldAndTheToolsAreGone) {
  ready();
  const auto open = call("look");
  call("look");
  const auto waits = call("wait");
  client.lost("it ended with exit code 1");
  take();
  EXPECT_THAT(answer(open), HasSubstr("exit code 1"));
  EXPECT_THAT(answer(waits), HasSubstr("exit code 1"));
  EXPECT_THAT(client.tools(), IsEmpty());
  EXPECT_THAT(answer(call("look")), HasSubstr("does not offer it"));
  EXPECT_FALSE(client.next_deadline());
}

TEST_F(ServerClientTest, ASessionThatIsGoneIsBegunAnewAndTheCallIsMadeAgainOnce) {
  ready();
  const auto ticket = call("look");
  const std::int64_t id = last_request();
  client.session_gone(id, now);
  take();
  EXPECT_THAT(sent.back().text, HasSubstr("\"initialize\""));
  EXPECT_EQ(answer(ticket), "(none)");
  reply(last_request(), R"({"protocolVersion":"2025-06-18","capabilities":{"tools":{}}})");
  EXPECT_THAT(sent.back().text, HasSubstr("tools/call"));
  client.session_gone(last_request(), now);
  take();
  EXPECT_THAT(answer(ticket), HasSubstr("lost our session"));
}

TEST_F(ServerClientTest, AChangedListReplacesTheOldOneAndFloodsOfItDoNotCount) {
  ready();
  later(10s);
  const std::size_t before = sent.size();
  for (int i = 0; i < 100; ++i) say(R"({"method":"notifications/tools/list_changed"})");
  EXPECT_EQ(sent.size(), before + 1);
  EXPECT_THAT(client.tools(), SizeIs(2)) << "until the new list is there";
  reply(last_request(), R"({"tools":[{"name":"new"}]})");
  EXPECT_THAT(client.tools(), SizeIs(1));
}

TEST_F(ServerClientTest, AThousandToolsAreCutAndThoseForUsersAreNotThere) {
  std::string tools = R"([{"name":"u","annotations":{"audience":["user"]}})";
  for (int i = 0; i < 1000; ++i) tools += R"(,{"name":"t)" + std::to_string(i) + R"("})";
  ready(tools + "]");
  EXPECT_THAT(client.tools(), SizeIs(limits.tools));
  EXPECT_EQ(client.counters().value(ServerEvent::kListTruncated), 1U);
  EXPECT_THAT(answer(call("u")), HasSubstr("does not offer it")) << "whatever asks for it";
}

TEST_F(ServerClientTest, TheServersOwnRequestsAreAnsweredAtABoundedRate) {
  ready();
  sent.clear();
  say(R"({"id":"p1","method":"ping"})");
  EXPECT_THAT(sent.back().text, HasSubstr(R"("id":"p1","result":{})"));
  say(R"({"id":5,"method":"sampling/createMessage"})");
  EXPECT_THAT(sent.back().text, HasSubstr("-32601"));
  for (int i = 0; i < 1000; ++i) say(R"({"id":1,"method":"roots/list"})");
  EXPECT_THAT(sent, SizeIs(limits.answers));
}

TEST_F(ServerClientTest, GarbageIsCountedAndNothingElse) {
  ready();
  for (const char* text :
       {"", "hello", "[]", "{", "7", R"({"id":-1})", R"({"id":99,"result":{}})", "[7,[],{}]"})
    say(text);
  EXPECT_THAT(broken, IsEmpty());
  const auto ticket = call("look");
  say(R"([{"jsonrpc":"2.0","id":)" + std::to_string(last_request()) +
      R"(,"result":{"content":[{"type":"text","text":"of a batch"}]}}])");
  EXPECT_EQ(answer(ticket), "of a batch");
}

TEST_F(ServerClientTest, WhoGivesACallUpHearsNothingMoreOfIt) {
  ready();
  const auto ticket = call("wait");
  const std::int64_t id = last_request();
  client.cancel(ticket, now);
  take();
  EXPECT_THAT(sent.back().text, HasSubstr("notifications/cancelled"));
  reply(id, R"({"content":[]})");
  EXPECT_EQ(answer(ticket), "(none)");
}

}  // namespace
}  // namespace earshot::worker
