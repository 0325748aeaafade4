// The one client of a device in virtual time: ids, turns, patience, and what it keeps.
#include "gateway/xiaozhi/mcp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kWorker = McpAsker::kWorker;
constexpr auto kCommands = McpAsker::kCommands;

class McpClientTest : public ::testing::Test {
 protected:
  struct Wire {
    std::int64_t id = 0;
    std::string method;
    json::object params;
  };

  void call(McpAsker asker, std::int64_t id, Milliseconds patience = 60s) {
    client_.ask(asker,
                {.id = id,
                 .method = "tools/call",
                 .params = {{"name", "t" + std::to_string(id)}},
                 .deadline = now_ + patience},
                now_);
    collect();
  }
  void worker_asks(std::int64_t id, std::string method, json::object params = {}) {
    client_.ask(kWorker,
                {.id = id, .method = std::move(method), .params = std::move(params), .deadline = now_ + 60s},
                now_);
    collect();
  }
  void tools(std::int64_t id, bool anew = false) {
    client_.ask_tools(kCommands, id, anew, now_ + 60s, now_);
    collect();
  }
  void hear(const std::string& text) {
    client_.hear(*json::parse_object(text, 64 * 1024), now_);
    collect();
  }
  void reply_to(std::int64_t wire, const std::string& result) {
    hear(R"({"jsonrpc":"2.0","id":)" + std::to_string(wire) + R"(,"result":)" + result + "}");
  }
  void reply(const std::string& result) { reply_to(wire_.back().id, result); }
  void pass(Milliseconds time) {
    now_ += time;
    client_.tick(now_);
    collect();
  }
  void collect() {
    McpOutput output = client_.take_output();
    for (const json::object& message : output.messages) {
      if (!message.contains("method")) {
        answered_.push_back(json::serialize(message));
        continue;
      }
      wire_.push_back({*json::find_int(message, "id"), std::string(*json::find_string(message, "method")),
                       *json::find_object(message, "params")});
    }
    for (const McpAnswer& answer : output.answers) {
      std::string text = (answer.asker == kWorker ? "w" : "c") + std::to_string(answer.id) + " ";
      if (const auto* object = std::get_if<json::object>(&answer.outcome)) {
        EXPECT_EQ(json::find_int(*object, "id"), answer.id);
        const auto* result = json::find_object(*object, "result");
        text += result == nullptr ? "error" : json::serialize(*result);
      } else if (const auto* handle = std::get_if<ToolsHandle>(&answer.outcome)) {
        text += "tools";
        for (const Tool& tool : (*handle)->list.tools) text += " " + tool.name;
      } else {
        text += "lost";
      }
      told_.push_back(text);
    }
    changed_ += output.list_changed ? 1 : 0;
  }
  std::vector<std::string> methods() const {
    std::vector<std::string> all;
    for (const Wire& one : wire_) all.push_back(one.method);
    return all;
  }
  std::uint64_t counted(McpEvent event) const { return counters_.value(event); }

  SteadyTime now_{1h};
  ToolCatalogue catalogue_;
  McpCounters counters_;
  McpClient client_{catalogue_, counters_, 77, {.waiting = 4, .late = 2}};
  std::vector<Wire> wire_;
  std::vector<std::string> told_;
  std::vector<std::string> answered_;  // to the device
  int changed_ = 0;
};

constexpr const char* kPage =
    R"({"tools":[{"name":"a","description":"","inputSchema":{}},)"
    R"({"name":"u","description":"","inputSchema":{},"annotations":{"audience":["user"]}}]})";

TEST_F(McpClientTest, TwoAskersWithOneIdEachGetTheirOwnAnswer) {
  call(kWorker, 1);
  call(kCommands, 1);
  ASSERT_EQ(wire_.size(), 1U) << "one is on the wire at a time";
  reply(R"({"n":1})");
  ASSERT_EQ(wire_.size(), 2U);
  EXPECT_NE(wire_[0].id, wire_[1].id);
  reply(R"({"n":2})");
  EXPECT_THAT(told_, ElementsAre(R"(w1 {"n":1})", R"(c1 {"n":2})"));
  EXPECT_EQ(client_.next_deadline(), std::nullopt);
}

TEST_F(McpClientTest, AskersAreServedInTurn) {
  for (std::int64_t id = 1; id <= 3; ++id) call(kCommands, id);
  call(kWorker, 9);
  for (int i = 0; i < 4; ++i) reply("{}");
  EXPECT_THAT(told_, ElementsAre("c1 {}", "w9 {}", "c2 {}", "c3 {}"));
}

TEST_F(McpClientTest, ASlowToolHoldsUpNobodyForLongAndItsAnswerStillCounts) {
  call(kWorker, 1);
  call(kCommands, 2);
  pass(10s);
  ASSERT_EQ(wire_.size(), 2U);
  EXPECT_EQ(counted(McpEvent::kCallLate), 1U);
  reply_to(wire_[0].id, R"({"slow":1})");
  reply_to(wire_[1].id, R"({"quick":1})");
  EXPECT_THAT(told_, ElementsAre(R"(w1 {"slow":1})", R"(c2 {"quick":1})"));
}

TEST_F(McpClientTest, ACallEndsAtItsDeadlineWhetherItWasSentOrNot) {
  call(kWorker, 1, 3s);
  call(kCommands, 2, 2s);
  pass(2s);
  EXPECT_THAT(told_, ElementsAre("c2 lost"));
  pass(1s);
  EXPECT_THAT(told_, ElementsAre("c2 lost", "w1 lost"));
  reply_to(wire_[0].id, "{}");
  reply_to(wire_[0].id + 1, "{}");
  EXPECT_EQ(counted(McpEvent::kReplyLate), 1U);
  EXPECT_EQ(counted(McpEvent::kReplyUnknown), 1U);
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(McpClientTest, OneAskersFloodIsItsOwn) {
  for (std::int64_t id = 1; id <= 6; ++id) call(kWorker, id);
  EXPECT_THAT(told_, ElementsAre("w6 error")) << "one on the wire, four wait";
  call(kCommands, 1);
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_EQ(counted(McpEvent::kTooMany), 1U);
}

TEST_F(McpClientTest, AReplyThatNobodyCanReadEndsItsRequestOnly) {
  call(kWorker, 1);
  call(kCommands, 2);
  client_.lose(wire_[0].id + 5, McpLoss::kUnreadable, now_);
  client_.lose(wire_[0].id, McpLoss::kTooLarge, now_);
  collect();
  EXPECT_THAT(told_, ElementsAre("w1 lost"));
  EXPECT_EQ(wire_.size(), 2U);
}

TEST_F(McpClientTest, TheListIsReadOnceAndServesEverybody) {
  tools(1);
  EXPECT_EQ(json::find_bool(wire_.back().params, "withUserTools"), true);
  reply(R"({"tools":[{"name":"a","inputSchema":{}}],"nextCursor":"u"})");
  EXPECT_EQ(json::find_string(wire_.back().params, "cursor"), "u");
  reply(R"({"tools":[{"name":"u","annotations":{"audience":["user"]}}]})");
  tools(2);
  worker_asks(3, "tools/list");
  EXPECT_THAT(told_, ElementsAre("c1 tools a u", "c2 tools a u",
                                 R"(w3 {"tools":[{"name":"a","description":"","inputSchema":{}}]})"));
  EXPECT_EQ(wire_.size(), 2U);
  client_.forget(kWorker);  // another session
  worker_asks(1, "tools/list");
  EXPECT_EQ(told_.size(), 4U);
  EXPECT_EQ(wire_.size(), 2U);
}

TEST_F(McpClientTest, WhoAsksWhileItIsReadWaitsForTheSameReading) {
  worker_asks(1, "tools/list");
  tools(2);
  reply(kPage);
  EXPECT_EQ(told_.size(), 2U);
  EXPECT_EQ(wire_.size(), 1U);
}

TEST_F(McpClientTest, AListIsReadAnewOnAnotherConnectionWhenItChangedAndOnDemand) {
  tools(1);
  reply(kPage);
  client_.connected(now_);
  tools(2);
  reply(kPage);
  hear(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  EXPECT_EQ(changed_, 1);
  tools(3);
  reply(kPage);
  tools(4, true);
  reply(kPage);
  EXPECT_EQ(wire_.size(), 4U);
  EXPECT_EQ(told_.size(), 4U);
}

TEST_F(McpClientTest, AListThatChangedWhileItWasReadIsNotKept) {
  tools(1);
  hear(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  reply(kPage);
  EXPECT_EQ(told_.size(), 1U);
  tools(2);
  EXPECT_EQ(wire_.size(), 2U);
}

TEST_F(McpClientTest, APageIsAskedForTwiceAndAWorkerHasWhatThereIs) {
  worker_asks(1, "tools/list");
  tools(2);
  reply(R"({"tools":[{"name":"a","inputSchema":{}}],"nextCursor":"b"})");
  pass(10s);
  EXPECT_THAT(methods(), ElementsAre("tools/list", "tools/list", "tools/list"));
  pass(10s);
  EXPECT_THAT(told_,
              ElementsAre(R"(w1 {"tools":[{"name":"a","description":"","inputSchema":{}}]})", "c2 error"));
  EXPECT_EQ(counted(McpEvent::kListFailed), 1U);
}

TEST_F(McpClientTest, InitializeIsAskedOnceAConnectionAndHoldsUpNothing) {
  worker_asks(1, "initialize", {{"a", 1}});
  worker_asks(2, "tools/list");
  EXPECT_THAT(methods(), ElementsAre("initialize"));
  pass(1s);  // no answer: the list goes on
  EXPECT_THAT(methods(), ElementsAre("initialize", "tools/list"));
  reply_to(wire_[0].id, R"({"serverInfo":{}})");
  worker_asks(1, "initialize", {{"a", 1}});
  EXPECT_EQ(told_.size(), 2U);
  EXPECT_EQ(wire_.size(), 2U);
  reply(kPage);
  worker_asks(3, "initialize", {{"a", 2}});  // other capabilities
  EXPECT_EQ(methods().back(), "initialize");
}

TEST_F(McpClientTest, ABrokenConnectionEndsTheWorkersRequestsAndACommandMayStillBeAnswered) {
  call(kCommands, 1);
  call(kWorker, 2);
  client_.away();
  collect();
  call(kCommands, 3);
  EXPECT_EQ(wire_.size(), 1U) << "nothing is sent to nobody";
  client_.connected(now_);
  collect();
  ASSERT_EQ(wire_.size(), 2U);
  reply_to(wire_[0].id, R"({"n":1})");
  reply_to(wire_[1].id, R"({"n":3})");
  EXPECT_THAT(told_, ElementsAre(R"(c1 {"n":1})", R"(c3 {"n":3})"));
}

TEST_F(McpClientTest, AWorkersCallThatCrossedTheBreakIsNotSentBehindIt) {
  client_.away();
  call(kWorker, 1);
  EXPECT_THAT(told_, ElementsAre("w1 error")) << "its model was told that calls are lost, and may call again";
  client_.connected(now_);
  collect();
  EXPECT_THAT(wire_, testing::IsEmpty());
}

TEST_F(McpClientTest, NobodyGetsWhatASessionBeforeAskedFor) {
  call(kWorker, 1);
  call(kWorker, 2);
  client_.forget(kWorker);
  call(kWorker, 1);
  reply(R"({"old":1})");
  EXPECT_THAT(told_, IsEmpty());
  reply(R"({"new":1})");
  EXPECT_THAT(told_, ElementsAre(R"(w1 {"new":1})"));
}

TEST_F(McpClientTest, TheDevicesQuestionsAreAnsweredAtABoundedRate) {
  hear(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
  hear(R"({"jsonrpc":"2.0","id":2,"method":"roots/list"})");
  hear(R"({"jsonrpc":"2.0","method":"notifications/other"})");
  EXPECT_THAT(
      answered_,
      ElementsAre(R"({"jsonrpc":"2.0","id":"p","result":{}})",
                  R"({"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}})"));
  for (int i = 0; i < 50; ++i) hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  EXPECT_EQ(answered_.size(), 20U);
  EXPECT_EQ(counted(McpEvent::kDeviceFlood), 32U);
}

TEST_F(McpClientTest, IdsStayInTheDevicesRange) {
  McpClient client(catalogue_, counters_, 2'147'483'645);
  for (std::int64_t id = 1; id <= 5; ++id) {
    client.ask(kWorker, {.id = id, .method = "tools/call", .params = {}, .deadline = now_ + 60s}, now_);
    const McpOutput sent = client.take_output();
    ASSERT_EQ(sent.messages.size(), 1U);
    const auto wire = *json::find_int(sent.messages[0], "id");
    EXPECT_GE(wire, 1);
    EXPECT_LE(wire, 2'147'483'647);
    client.hear({{"id", wire}, {"result", json::object{}}}, now_);
    EXPECT_EQ(client.take_output().answers.size(), 1U);
  }
}

// Whatever askers, device and time do: no request is answered twice, none under another's id, and one at most is
// on the wire within its hold.
TEST(McpClientProperty, EachRequestHasOneEndAtMost) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::minstd_rand random(seed + 1);
    ToolCatalogue catalogue;
    McpCounters counters;
    McpClient client(catalogue, counters, seed * 7919, {.waiting = 4, .late = 3});
    SteadyTime now{1h};
    std::vector<std::pair<std::int64_t, std::string>> wire;
    std::map<std::pair<McpAsker, std::int64_t>, int> ends;
    std::int64_t next = 0;
    for (int step = 0; step < 300; ++step) {
      const McpAsker asker = random() % 2 == 0 ? kWorker : kCommands;
      switch (random() % 9) {
        case 0:
        case 1:
          client.ask(asker,
                     {.id = ++next, .method = "tools/call", .params = {{"k", next}}, .deadline = now + 20s},
                     now);
          ends[{asker, next}] = 0;
          break;
        case 2:
          if (asker == kCommands) {
            client.ask_tools(asker, ++next, random() % 2 == 0, now + 20s, now);
          } else {
            client.ask(asker, {.id = ++next, .method = "tools/list", .params = {}, .deadline = now + 20s},
                       now);
          }
          ends[{asker, next}] = 0;
          break;
        case 3:
        case 4:
        case 5:
          if (!wire.empty()) {
            const auto& [id, method] = wire[random() % wire.size()];
            json::object result{{"wire", id}};
            if (method == "tools/list") result = {{"tools", json::array{json::object{{"name", "a"}}}}};
            client.hear({{"id", id}, {"result", result}}, now);
          }
          break;
        case 6:
          now += Milliseconds(random() % 8000);
          client.tick(now);
          break;
        case 7:
          if (random() % 2 == 0) {
            client.away();
          } else {
            client.connected(now);
          }
          break;
        case 8:
          if (random() % 8 == 0) client.forget(asker);
          if (!wire.empty()) client.lose(wire.back().first, McpLoss::kUnreadable, now);
          break;
      }
      const McpOutput output = client.take_output();
      for (const json::object& message : output.messages)
        wire.emplace_back(*json::find_int(message, "id"), std::string(*json::find_string(message, "method")));
      for (const McpAnswer& answer : output.answers) {
        const auto asked = ends.find({answer.asker, answer.id});
        ASSERT_NE(asked, ends.end()) << "seed " << seed;
        ASSERT_EQ(++asked->second, 1) << "seed " << seed;
      }
      ASSERT_LT(output.messages.size(), 8U) << "seed " << seed;
    }
    now += 10min;
    client.connected(now);
    client.tick(now);
    client.tick(now + 1min);
    client.tick(now + 2min);
    EXPECT_EQ(client.next_deadline(), std::nullopt) << "nothing is kept for ever, seed " << seed;
  }
}

TEST_F(McpClientTest, AMovedConversationIsAnsweredWithWhatCameAndNothingIsDoneTwice) {
  call(kWorker, 1);
  reply(R"({"n":1})");
  told_.clear();
  client_.worker_gone(0, now_);
  client_.ask(kWorker, {.id = 9, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_THAT(told_, ElementsAre(R"(w9 {"n":1})"));
  EXPECT_EQ(wire_.size(), 1U);
  client_.ask(kWorker, {.id = 10, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_EQ(wire_.size(), 2U) << "each answer counts once: who asks again wants it again";
  EXPECT_EQ(counted(McpEvent::kCallTakenOver), 1U);
}

TEST_F(McpClientTest, AMovedConversationTakesOverACallThatIsUnderWay) {
  call(kWorker, 1);
  client_.worker_gone(0, now_);
  client_.ask(kWorker, {.id = 4, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_EQ(wire_.size(), 1U);
  reply("{}");
  EXPECT_THAT(told_, ElementsAre("w4 {}"));
}

TEST_F(McpClientTest, AnAnswerThatComesBeforeTheNextWorkerAsksIsKeptForIt) {
  call(kWorker, 1);
  client_.worker_gone(0, now_);
  reply("{}");
  EXPECT_THAT(told_, IsEmpty()) << "the id was another worker's";
  client_.ask(kWorker, {.id = 2, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_THAT(told_, ElementsAre("w2 {}"));
  EXPECT_EQ(wire_.size(), 1U);
}

TEST_F(McpClientTest, WhatTheCheckpointHasIsNotKept) {
  call(kWorker, 1);
  reply("{}");
  client_.settled(1);
  client_.worker_gone(1, now_);
  client_.ask(kWorker, {.id = 2, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_EQ(wire_.size(), 2U);
}

TEST_F(McpClientTest, WhatTheNextWorkerDoesNotAskSoonIsForgotten) {
  call(kWorker, 1);
  reply("{}");
  client_.worker_gone(0, now_);
  pass(61s);
  client_.ask(kWorker, {.id = 2, .method = "tools/call", .params = {{"name", "t1"}}, .deadline = now_ + 60s},
              now_);
  collect();
  EXPECT_EQ(wire_.size(), 2U);
}

}  // namespace
}  // namespace earshot::gateway
