// A line between a device, a session with its worker, and commands, in virtual time.
#include "gateway/live/device/device_line.h"

#include "tests/unit/gateway/live/device/recording_wire.h"
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

auth::ClientId line_client() {
  return *auth::parse_client_id("GID_test@@@aa_bb_cc_dd_ee_ff@@@36c98363-3656-43cb-a00f-8bced2391a90");
}

class DeviceLineTest : public SessionTest {
 protected:
  void carry(const DeviceHello& hello = {.mcp = true}) {
    make(hello);
    line_.carry(*session_, hello);
    open();
  }
  void worker_asks(const std::string& payload) {
    ipc::Envelope envelope;
    envelope.mutable_mcp_down()->set_payload(payload);
    worker_says(envelope);
  }
  std::vector<std::string> worker_heard() const {
    std::vector<std::string> all;
    for (const auto& envelope : port_.worker) {
      if (envelope.has_mcp_up()) all.push_back(envelope.mcp_up().payload());
    }
    return all;
  }
  // As the shard hands it on.
  bool line_hears(const std::string& json) {
    const auto parsed = parse_control_message(json);
    EXPECT_EQ(parsed.verdict, ControlVerdict::kGood) << json;
    return line_.told(parsed.message, now_);
  }
  void replies(std::int64_t id, const std::string& result) {
    line_hears(R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" +
               result + "}}");
  }
  void give(DeviceOrder order) {
    line_.order(
        std::move(order),
        [this](const OrderOutcome& outcome) {
          if (!outcome) return done_.push_back("error: " + outcome.error().message);
          if (const auto* tools = std::get_if<ToolsHandle>(&*outcome)) return done_.push_back((*tools)->text);
          const auto* result = std::get_if<json::object>(&*outcome);
          done_.push_back(result == nullptr ? "sent" : json::serialize(*result));
        },
        now_);
  }
  static CallTool call(const std::string& tool) {
    return {.tool = tool, .arguments = {{"a", 1}}, .timeout = 10s};
  }
  void pass_time(Milliseconds time) {
    now_ += time;
    line_.tick(now_);
  }

  std::shared_ptr<RecordingWire> wire_ = std::make_shared<RecordingWire>(line_client());
  ShardTools tools_;
  DeviceLine line_{wire_, tools_, 5};
  std::vector<std::string> done_;  // what came of the orders
};

constexpr const char* kLineTools = R"({"tools":[{"name":"self.x","description":"","inputSchema":{}},)"
                                   R"({"name":"self.reboot","annotations":{"audience":["user"]}}]})";

TEST_F(DeviceLineTest, ACommandNeedsNoSession) {
  line_.presence(true, now_);
  give(ListTools{.timeout = 10s});
  EXPECT_THAT(wire_->sent,
              ElementsAre(R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":6,"method":"tools/list",)"
                          R"("params":{"cursor":"","withUserTools":true}}})"));
  replies(wire_->last_id(), kLineTools);
  give(call("self.x"));
  EXPECT_EQ(json::serialize(wire_->last_mcp().at("params")), R"({"name":"self.x","arguments":{"a":1}})");
  replies(wire_->last_id(), R"({"content":[]})");
  ASSERT_THAT(done_, SizeIs(2));
  EXPECT_THAT(done_[0],
              HasSubstr(R"("name":"self.reboot","description":"","input_schema":{},"user_only":true)"));
  EXPECT_EQ(done_[1], R"({"content":[]})");
  EXPECT_EQ(line_.next_deadline(), std::nullopt);
}

TEST_F(DeviceLineTest, WorkerAndCommandShareOneWireAndOneList) {
  carry();
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  EXPECT_THAT(wire_->sent.back(), HasSubstr(R"("session_id":"5e55")"));
  give(ListTools{.timeout = 10s});
  replies(wire_->last_id(), kLineTools);
  EXPECT_THAT(wire_->sent, SizeIs(1)) << "read once for both";
  EXPECT_THAT(
      worker_heard(),
      ElementsAre(
          R"({"jsonrpc":"2.0","result":{"tools":[{"name":"self.x","description":"","inputSchema":{}}]},"id":1})"));
  EXPECT_THAT(done_, SizeIs(1));

  worker_asks(R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"self.x"}})");
  give(call("self.x"));
  ASSERT_THAT(wire_->sent, SizeIs(2)) << "one at a time";
  replies(wire_->last_id(), R"({"n":1})");
  ASSERT_THAT(wire_->sent, SizeIs(3));
  replies(wire_->last_id(), R"({"n":2})");
  EXPECT_EQ(worker_heard().back(), R"({"jsonrpc":"2.0","id":2,"result":{"n":1}})");
  EXPECT_EQ(done_.back(), R"({"n":2})");
}

TEST_F(DeviceLineTest, AnotherSessionAsksTheDeviceNothing) {
  carry();
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
  replies(wire_->last_id(), R"({"serverInfo":{"name":"box"}})");
  worker_asks(R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})");
  replies(wire_->last_id(), kLineTools);
  line_.part(now_);
  carry();
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
  worker_asks(R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})");
  EXPECT_THAT(worker_heard(), SizeIs(2));
  EXPECT_THAT(wire_->sent, SizeIs(2));
}

TEST_F(DeviceLineTest, TheDeviceTellsThatItsToolsChanged) {
  carry();
  line_hears(R"({"type":"mcp","payload":{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}})");
  EXPECT_THAT(worker_heard(),
              ElementsAre(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"));
}

TEST_F(DeviceLineTest, AReplyThatGrewWhenItWasWrittenAgainIsToldToBeTooLarge) {
  carry();
  worker_asks(R"({"jsonrpc":"2.0","id":4,"method":"tools/call","params":{}})");
  const std::string grows(30'000, '\xE9');  // no UTF-8: each becomes three bytes
  replies(wire_->last_id(), R"({"a":")" + grows + R"("})");
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].mcp_up().loss(), ipc::McpUp::kTooLarge);
  EXPECT_EQ(port_.worker[0].mcp_up().lost_id(), 4);
}

TEST_F(DeviceLineTest, ALostReplyIsToldToWhoeverAsked) {
  carry();
  worker_asks(R"({"jsonrpc":"2.0","id":4,"method":"tools/call","params":{}})");
  line_.lost_reply(wire_->last_id(), McpLoss::kUnreadable, now_);
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].mcp_up().loss(), ipc::McpUp::kUnreadable);
  EXPECT_EQ(port_.worker[0].mcp_up().lost_id(), 4);
  give(call("self.x"));
  line_.lost_reply(wire_->last_id(), McpLoss::kUnreadable, now_);
  EXPECT_THAT(done_, ElementsAre("error: the device's answer is no valid JSON"));
}

TEST_F(DeviceLineTest, ADevicesRefusalIsInItsWords) {
  give(call("self.x"));
  line_hears(R"({"type":"mcp","payload":{"id":)" + std::to_string(wire_->last_id()) +
             R"(,"error":{"message":"Unknown tool: self.x"}}})");
  EXPECT_THAT(done_, ElementsAre("error: Unknown tool: self.x"));
}

TEST_F(DeviceLineTest, WhatTheWireDoesNotTakeFailsAtOnce) {
  wire_->takes = false;
  give(SendMessage{.json = "{}"});
  give(call("self.x"));
  give(ListTools{.timeout = 10s});
  EXPECT_THAT(done_, ElementsAre("error: the broker cannot be reached", "error: the device cannot be reached",
                                 "error: the device cannot be reached"));
  EXPECT_EQ(line_.next_deadline(), std::nullopt);
}

TEST_F(DeviceLineTest, WhatTheWireDoesNotTakeIsToldToTheWorkerInWords) {
  carry();
  wire_->takes = false;
  worker_asks(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"self.x"}})");
  EXPECT_THAT(
      worker_heard(),
      ElementsAre(
          R"({"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"the device cannot be reached"}})"));
}

TEST_F(DeviceLineTest, IsNeededAsLongAsAnybodyWaitsForIt) {
  EXPECT_FALSE(line_.is_needed());
  line_.presence(true, now_);
  EXPECT_TRUE(line_.is_needed());
  give(call("self.x"));
  line_.presence(false, now_);
  EXPECT_TRUE(line_.is_needed()) << "the answer may come when it is back";
  pass_time(10s);
  EXPECT_THAT(done_, ElementsAre("error: the device did not answer in time"));
  EXPECT_FALSE(line_.is_needed());
  carry();
  EXPECT_TRUE(line_.is_needed());
  line_.presence(true, now_);
  line_.part(now_);
  pass_time(61s);
  line_.presence(false, now_);
  EXPECT_FALSE(line_.is_needed());
}

TEST_F(DeviceLineTest, ACommandsAnswerMayComeBehindAReconnect) {
  line_.presence(true, now_);
  give(call("self.x"));
  const auto id = wire_->last_id();
  line_.presence(false, now_);
  line_.presence(true, now_);
  replies(id, R"({"n":1})");
  EXPECT_THAT(done_, ElementsAre(R"({"n":1})"));
}

TEST_F(DeviceLineTest, StandsInForTheMcpOfOldFirmware) {
  carry({});
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  line_hears(
      R"({"session_id":"5e55","type":"iot","update":true,"descriptors":[{"name":"Lamp","description":"a lamp",)"
      R"("properties":{},"methods":{"TurnOn":{"description":"on","parameters":{}}}}]})");
  EXPECT_THAT(worker_heard(), IsEmpty()) << "it has not told all its things yet";
  line_.listens(now_);
  ASSERT_THAT(worker_heard(), SizeIs(1));
  EXPECT_THAT(worker_heard()[0], HasSubstr(R"("name":"Lamp.TurnOn")"));
  EXPECT_THAT(wire_->sent, IsEmpty()) << "it knows no MCP";
  worker_asks(
      R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"Lamp.TurnOn","arguments":{}}})");
  EXPECT_THAT(
      wire_->sent,
      ElementsAre(
          R"({"type":"iot","session_id":"5e55","commands":[{"name":"Lamp","method":"TurnOn","parameters":{}}]})"));
  EXPECT_THAT(worker_heard(), SizeIs(2));
}

TEST_F(DeviceLineTest, CommandsReachTheThingsOfOldFirmwareToo) {
  carry({});
  line_hears(
      R"({"session_id":"5e55","type":"iot","update":true,"descriptors":[{"name":"Lamp","description":"a lamp",)"
      R"("properties":{},"methods":{"TurnOn":{"description":"on","parameters":{}}}}]})");
  line_.listens(now_);
  give(ListTools{.timeout = 10s});
  give(CallTool{.tool = "Lamp.TurnOn", .arguments = {}, .timeout = 10s});
  ASSERT_THAT(done_, SizeIs(2));
  EXPECT_THAT(done_[0], HasSubstr("Lamp.TurnOn"));
  EXPECT_THAT(wire_->sent, ElementsAre(HasSubstr(R"("method":"TurnOn")")));
}

TEST_F(DeviceLineTest, AnOrderToAThingIsNotDoneWhenTheWireDoesNotTakeIt) {
  carry({});
  line_hears(
      R"({"session_id":"5e55","type":"iot","update":true,"descriptors":[{"name":"Lamp","description":"a lamp",)"
      R"("properties":{},"methods":{"TurnOn":{"description":"on","parameters":{}}}}]})");
  line_.listens(now_);
  wire_->takes = false;
  give(CallTool{.tool = "Lamp.TurnOn", .arguments = {}, .timeout = 10s});
  EXPECT_THAT(done_, ElementsAre("error: the device cannot be reached"));
}

TEST_F(DeviceLineTest, NewFirmwareBehindAnotherConnectionIsAskedItself) {
  carry({});
  line_.listens(now_);
  line_.part(now_);
  line_.presence(true, now_);
  give(call("self.x"));
  EXPECT_THAT(wire_->sent, ElementsAre(HasSubstr("goodbye"), HasSubstr(R"("type":"mcp")")));
}

TEST_F(DeviceLineTest, ADeviceWithMcpSpeaksForItself) {
  carry();
  EXPECT_TRUE(line_hears(
      R"({"session_id":"5e55","type":"iot","descriptors":[{"name":"Lamp","methods":{"TurnOn":{}}}]})"));
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  EXPECT_THAT(wire_->sent, ElementsAre(HasSubstr(R"("type":"mcp")")));
  EXPECT_THAT(worker_heard(), IsEmpty());
}

TEST_F(DeviceLineTest, WhatIsNotAboutToolsIsTheSessions) {
  EXPECT_FALSE(line_hears(R"({"session_id":"5e55","type":"abort"})"));
}

TEST_F(DeviceLineTest, AGoodbyeThatMayBeLostIsToldOnTheNextConnection) {
  line_.presence(true, now_);
  carry({.mcp = true, .drops_copies = true});
  line_.part(now_);
  now_ += 30s;
  line_.presence(false, now_);
  EXPECT_TRUE(line_.is_needed());
  wire_->sent.clear();
  now_ += 5s;
  line_.presence(true, now_);
  ASSERT_THAT(wire_->sent, ::testing::Not(IsEmpty()));
  EXPECT_EQ(wire_->sent.front(), R"({"type":"goodbye","session_id":"5e55"})");
  wire_->sent.clear();
  line_.presence(false, now_);
  line_.presence(true, now_);
  EXPECT_THAT(wire_->sent, ::testing::Each(::testing::Not(HasSubstr("goodbye")))) << "once";
}

TEST_F(DeviceLineTest, ClientsThatObeyAnyGoodbyeGetNoneOfAnOldSession) {
  line_.presence(true, now_);
  carry({.mcp = true, .drops_copies = false});
  line_.part(now_);
  line_.presence(false, now_);
  wire_->sent.clear();
  line_.presence(true, now_);
  EXPECT_THAT(wire_->sent, ::testing::Each(::testing::Not(HasSubstr("goodbye"))));
}

TEST_F(DeviceLineTest, ALineIsKeptForItsGoodbyeForTwoMinutesAtMost) {
  line_.presence(true, now_);
  carry({.mcp = true, .drops_copies = true});
  line_.presence(false, now_);
  line_.part(now_);
  EXPECT_TRUE(line_.is_needed());
  pass_time(121s);
  EXPECT_FALSE(line_.is_needed());
}

}  // namespace
}  // namespace earshot::gateway
