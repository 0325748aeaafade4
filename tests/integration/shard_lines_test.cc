// Commands and workers on the lines of a real shard.
#include <gmock/gmock.h>

#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {
namespace {

using ipc::Envelope;
using testing::ElementsAre;
using testing::SizeIs;

constexpr std::string_view kShardTools =
    R"({"tools":[{"name":"self.x","description":"","inputSchema":{"type":"object","properties":{}}}]})";

class ShardLinesTest : public GatewayTest {
 protected:
  ~ShardLinesTest() override {
    if (shard_) shard_->stop();
  }
  void order(const TestDevice& device, DeviceOrder order) {
    shard_->proxy().post_order(
        device.client().device, std::move(order), io_.get_executor(), [this](const OrderOutcome& outcome) {
          const auto* result = outcome ? std::get_if<json::object>(&*outcome) : nullptr;
          done_.push_back(!outcome            ? outcome.error().message
                          : result != nullptr ? json::serialize(*result)
                                              : "done");
        });
  }
  // Waits for the `number`th MCP request that the device was sent.
  json::object request(const TestDevice& device, std::size_t number) {
    EXPECT_TRUE(run_until([&] { return device.count("mcp") >= number; }));
    std::size_t seen = 0;
    for (const auto& event : device.events()) {
      if (event.what == "mcp" && ++seen == number) return *json::find_object(event.message, "payload");
    }
    return {};
  }
  static void answer(TestDevice& device, const json::object& request, std::string_view result) {
    device.say(R"({"session_id":"","type":"mcp","payload":{"jsonrpc":"2.0","id":)" +
               std::to_string(*json::find_int(request, "id")) + R"(,"result":)" + std::string(result) + "}}");
  }
  static CallTool call() { return {.tool = "self.x", .arguments = {}, .timeout = Milliseconds(10'000)}; }
  static Envelope asks(const TestDevice& device, const std::string& payload) {
    Envelope envelope;
    envelope.set_session(number(device.ssrc()));
    envelope.mutable_mcp_down()->set_payload(payload);
    return envelope;
  }
  bool done(std::size_t count) {
    return run_until([&] { return done_.size() >= count; });
  }

  std::vector<std::string> done_;
};

TEST_F(ShardLinesTest, ACommandNeedsNoSessionAndItsAnswerEndsNone) {
  start_shard();
  TestDevice& device = add_device();
  shard_->proxy().post_presence(device.client(), true);
  order(device, ListTools{.timeout = Milliseconds(10'000)});
  answer(device, request(device, 1), kShardTools);
  order(device, call());
  answer(device, request(device, 2), R"({"n":1})");
  ASSERT_TRUE(done(2));
  order(device, SendMessage{.json = R"({"type":"alert"})"});
  ASSERT_TRUE(done(3));
  EXPECT_THAT(done_, ElementsAre("done", R"({"n":1})", "done"));
  EXPECT_TRUE(run_until([&] { return device.count("alert") == 1; }));
  EXPECT_EQ(counter("session_unknown_goodbye"), 0U);
  EXPECT_EQ(device.count("goodbye"), 0U);
}

TEST_F(ShardLinesTest, ACommandThatComesBeforeTheDevicesLineWaitsForIt) {
  start_shard();
  TestDevice& device = add_device();
  order(device, call());
  ASSERT_TRUE(run_until([&] { return counter("device_orders_early") == 1; }));
  shard_->proxy().post_presence(device.client(), true);
  answer(device, request(device, 1), R"({"n":1})");
  ASSERT_TRUE(done(1));
  EXPECT_THAT(done_, ElementsAre(R"({"n":1})"));
}

TEST_F(ShardLinesTest, AWorkerAndACommandWithOneIdEachHaveTheirOwnAnswer) {
  start_shard();
  fakes::ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  worker.send(asks(device, R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"self.y"}})"));
  const json::object first = request(device, 1);
  order(device, call());
  ASSERT_TRUE(run_until([&] { return counter("device_orders") == 1; }));
  EXPECT_EQ(device.count("mcp"), 1U) << "one at a time";
  answer(device, first, R"({"of":"the worker"})");
  answer(device, request(device, 2), R"({"of":"the command"})");
  ASSERT_TRUE(done(1));
  EXPECT_THAT(done_, ElementsAre(R"({"of":"the command"})"));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kMcpUp) == 1; }));
  EXPECT_EQ(worker.last(Envelope::kMcpUp)->mcp_up().payload(),
            R"({"jsonrpc":"2.0","id":1,"result":{"of":"the worker"}})");
}

TEST_F(ShardLinesTest, TheNextSessionsWorkerHasTheToolsWithoutTheDevice) {
  start_shard();
  fakes::ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})";
  worker.send(asks(device, list));
  answer(device, request(device, 1), kShardTools);
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kMcpUp) == 1; }));
  device.say_hello();
  ASSERT_TRUE(run_until([&] { return device.count("hello") == 2; }));
  worker.send(asks(device, list));
  ASSERT_TRUE(run_until([&] { return worker.count(Envelope::kMcpUp) == 2; }));
  EXPECT_EQ(device.count("mcp"), 1U);
  EXPECT_EQ(counter("mcp_list_served"), 1U);
}

TEST_F(ShardLinesTest, AWorkersRequestHasItsTimeEvenIfTheDeviceSaysNothing) {
  start_shard();
  fakes::ScriptedWorker& worker = add_worker("w1");
  worker.accept_sessions();
  TestDevice& device = talking_device();
  worker.send(asks(device, R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})"));
  request(device, 1);
  worker.send(asks(device, R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})"));
  EXPECT_EQ(*json::find_string(request(device, 2), "method"), "tools/list")
      << "the wire is free when nobody answers initialize for a second";
}

TEST_F(ShardLinesTest, ABrokenReplyEndsItsCommand) {
  start_shard();
  TestDevice& device = add_device();
  shard_->proxy().post_presence(device.client(), true);
  order(device, call());
  const auto id = std::to_string(*json::find_int(request(device, 1), "id"));
  device.say(R"({"session_id":"long-over","type":"mcp","payload":{"id":)" + id + R"(,"error":{"message":"a)");
  ASSERT_TRUE(done(1));
  EXPECT_THAT(done_, ElementsAre("the device's answer is no valid JSON"));
}

TEST_F(ShardLinesTest, ADeviceThatNobodyToldOfHasALineAsLongAsItIsNeeded) {
  start_shard();
  add_worker("w1").accept_sessions();
  TestDevice& device = talking_device();
  order(device, call());
  answer(device, request(device, 1), "{}");
  ASSERT_TRUE(done(1));
  device.say_goodbye();
  ASSERT_TRUE(run_until([&] { return stats().sessions == 0; }));
  order(device, call());
  ASSERT_TRUE(run_until([&] { return counter("device_orders_early") == 1; }));
}

}  // namespace
}  // namespace earshot::gateway
