// A session's tools: the MCP of its device, or what stands for it.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(SessionTest, StandsInForTheMcpOfOldFirmware) {
  make({});
  EXPECT_TRUE(session_->open_request().session_open().device_mcp());
  session_->opened(WorkerLeg(port_), now_);
  port_.clear();
  const auto worker_asks = [this](const std::string& payload) {
    ipc::Envelope envelope;
    envelope.mutable_mcp_down()->set_payload(payload);
    worker_says(envelope);
  };
  worker_asks(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  EXPECT_THAT(port_.worker, IsEmpty()) << "the device has not told its things yet";
  device_says(
      R"({"session_id":"5e55","type":"iot","update":true,"descriptors":[{"name":"Lamp","description":"a lamp",)"
      R"("properties":{},"methods":{"TurnOn":{"description":"on","parameters":{}}}}]})");
  listen_start("auto");
  ASSERT_EQ(port_.worker.size(), 2U);
  EXPECT_TRUE(port_.worker[0].has_listen());
  EXPECT_THAT(port_.worker[1].mcp_up().payload(), HasSubstr(R"("name":"Lamp.TurnOn")"));
  EXPECT_THAT(port_.device, IsEmpty()) << "it knows no MCP";
  worker_asks(
      R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"Lamp.TurnOn","arguments":{}}})");
  ASSERT_THAT(port_.device, ElementsAre("iot"));
  EXPECT_EQ(
      port_.device_json[0],
      R"({"type":"iot","session_id":"5e55","commands":[{"name":"Lamp","method":"TurnOn","parameters":{}}]})");
}

TEST_F(SessionTest, ADeviceWithMcpSpeaksForItself) {
  make({.mcp = true});
  open();
  device_says(
      R"({"session_id":"5e55","type":"iot","descriptors":[{"name":"Lamp","methods":{"TurnOn":{}}}]})");
  ipc::Envelope envelope;
  envelope.mutable_mcp_down()->set_payload(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  worker_says(envelope);
  EXPECT_THAT(port_.device, ElementsAre("mcp"));
  EXPECT_THAT(port_.worker, IsEmpty());
}

TEST_F(SessionTest, TellsTheWorkerOfAReplyThatNobodyCanRead) {
  open();
  session_->lost_reply(4, ipc::McpUp::kTooLarge);
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].mcp_up().lost_id(), 4);
  EXPECT_EQ(port_.worker[0].mcp_up().loss(), ipc::McpUp::kTooLarge);
  EXPECT_EQ(port_.worker[0].mcp_up().payload(), "");
  EXPECT_EQ(counted(SessionEvent::kControlBrokenReply), 1U);
}

TEST_F(SessionTest, AReplyThatGrewWhenItWasWrittenAgainIsToldToBeTooLarge) {
  open();
  const std::string grows(30'000, '\xE9');  // no UTF-8: each becomes three bytes
  device_says(R"({"session_id":"5e55","type":"mcp","payload":{"id":4,"result":{"a":")" + grows + R"("}}})");
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].mcp_up().loss(), ipc::McpUp::kTooLarge);
  EXPECT_EQ(port_.worker[0].mcp_up().lost_id(), 4);
}

}  // namespace
}  // namespace earshot::gateway
