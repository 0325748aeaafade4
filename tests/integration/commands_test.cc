// Commands from an operator to a device and back, through a real mosquitto with our plugin, and how fast.
#include <atomic>
#include <thread>

#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "gateway/control/commands/command_service.h"
#include "gateway/doors/operators/operator_door.h"
#include "gateway/live/device/device_line.h"
#include "gateway/xiaozhi/control_message.h"
#include "tests/fakes/inline_store.h"
#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

constexpr std::string_view kToolPage =
    R"({"tools":[{"name":"self.volume","description":"","inputSchema":{"type":"object","properties":)"
    R"({"volume":{"type":"integer","minimum":0,"maximum":100}},"required":["volume"]}}]})";

// Through the broker, to the one device.
class BrokerWire final : public gateway::LineWire {
 public:
  BrokerWire(std::unique_ptr<broker::MqttLink>& link, auth::ClientId client)
      : link_(link), client_(std::move(client)) {}
  const auth::ClientId& client() const override { return client_; }
  Status send(std::string_view json) override {
    if (link_->publish_to_device(client_.text, json) == broker::PushVerdict::kQueued) return kDone;
    return Error{ErrorCode::kUnavailable, "down"};
  }
  std::unique_ptr<gateway::DeviceLeg> make_leg(const gateway::SessionIdentity&, const gateway::DeviceHello&,
                                               SteadyTime) override {
    return nullptr;
  }
  void carries(gateway::Session&) override {}
  void hang_up(std::string_view) override {}

 private:
  std::unique_ptr<broker::MqttLink>& link_;
  auth::ClientId client_;
};

class CommandsTest : public BrokerFixture {
 protected:
  void SetUp() override {
    BrokerFixture::SetUp();
    start_broker();
    const store::BrokerOperator ann{.name = "ann",
                                    .password_hash = to_hex(sha256(as_bytes("secret"))),
                                    .user_tools = false,
                                    .texts = false,
                                    .created = {}};
    store::Device record;
    record.id = id_;
    directory_.put(record);
    auto link = std::make_unique<broker::MqttLink>(
        link_options(),
        broker::MqttLinkHandlers{
            .on_message =
                [this](const broker::DeviceMessage& message) {
                  asio::post(io_, [this, payload = std::string(message.payload)] { on_device(payload); });
                },
            .on_operator = [this](const broker::OperatorMessage& message) { door_->post(message); },
            .on_presence =
                [this](const auth::ClientId& who, bool online) {
                  asio::post(io_, [this, who, online] {
                    line_.presence(online, std::chrono::steady_clock::now());
                    directory_.set_online(who, online);
                    service_->presence(who.device, online);
                  });
                },
            .on_event_readers = [this](bool any) { door_->event_readers(any); },
            .on_connection =
                [this](bool connected) {
                  asio::post(io_, [this, connected] {
                    if (connected) door_->broker_connected();
                    connected_ = connected;
                  });
                }});
    link_ = std::move(link);
    service_ = std::make_unique<commands::CommandService>(
        io_.get_executor(), store_, directory_, hub_, clock_,
        commands::CommandService::Ports{
            .order = [this](const DeviceId&, gateway::DeviceOrder order, gateway::OrderDone done) {
              asio::post(io_, [this, order = std::move(order), done = std::move(done)]() mutable {
                line_.order(std::move(order), std::move(done), std::chrono::steady_clock::now());
              });
            }});
    door_ = std::make_unique<gateway::OperatorDoor>(io_.get_executor(), *link_, *service_, hub_, clock_);
    door_->set_operators({ann});
    link_->start();
    thread_ = std::thread([this] { io_.run(); });
    while (!connected_) std::this_thread::yield();
  }
  void TearDown() override {
    link_->stop();
    io_.stop();
    thread_.join();
    door_.reset();
    service_.reset();
    BrokerFixture::TearDown();
  }
  // As the shard does.
  void on_device(const std::string& payload) {
    const auto control = gateway::parse_control_message(payload);
    const auto now = std::chrono::steady_clock::now();
    if (control.broken_reply) line_.lost_reply(*control.broken_reply, gateway::McpLoss::kUnreadable, now);
    line_.told(control.message, now);
  }

  fakes::RawMqttClient operator_client() {
    for (int i = 0; i < 200; ++i) {  // the table is on its way to the plugin
      fakes::RawMqttClient client = open();
      if (client.login({.client_id = "ops", .username = "ann", .password = "secret"}) == 0) return client;
    }
    throw std::runtime_error("the operator is not let in");
  }
  // Answers what the device is asked, until nothing comes for a while.
  static std::string answer_once(fakes::RawMqttClient& device, std::string_view result) {
    const auto asked = device.next_message();
    if (!asked) return "nothing";
    const auto message = *json::parse_object(asked->payload, 64 * 1024);
    const auto& payload = *json::find_object(message, "payload");
    const std::string method(*json::find_string(payload, "method"));
    device.publish("device-server", R"({"session_id":"","type":"mcp","payload":{"jsonrpc":"2.0","id":)" +
                                        std::to_string(*json::find_int(payload, "id")) + R"(,"result":)" +
                                        std::string(method == "tools/list" ? kToolPage : result) + "}}");
    return method;
  }
  static json::object receipt(fakes::RawMqttClient& client, std::string* topic = nullptr) {
    const auto message = client.next_message();
    if (!message) return {};
    if (topic != nullptr) *topic = message->topic;
    return json::parse_object(message->payload, 64 * 1024).value();
  }
  static std::string state(const json::object& of) {
    return std::string(json::find_string(of, "state").value_or("none"));
  }

  const DeviceId id_ = credentials(1).client_id.device;
  const std::string topic_ = "earshot/command/" + id_.text();
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  SystemClock clock_;
  fakes::InlineStore store_;
  gateway::EventHub hub_{clock_};
  gateway::DeviceDirectory directory_{io_.get_executor(), store_, hub_, clock_};
  gateway::ShardTools tools_;
  gateway::DeviceLine line_{std::make_shared<BrokerWire>(link_, credentials(1).client_id), tools_, 1};
  std::unique_ptr<commands::CommandService> service_;
  std::unique_ptr<gateway::OperatorDoor> door_;
  std::thread thread_;
  std::atomic<bool> connected_{false};
};

constexpr std::string_view kDoneResult = R"({"content":[{"type":"text","text":"true"}],"isError":false})";

TEST_F(CommandsTest, AnOperatorSeesHisCommandThroughToTheAnswer) {
  auto client = operator_client();
  ASSERT_EQ(client.subscribe("earshot/receipt/#", 0), 0);
  auto device = this->device(1);
  client.publish(topic_, R"({"id":"c1","tool":"self.volume","arguments":{"volume":30}})");
  EXPECT_EQ(answer_once(device, kDoneResult), "tools/list");
  EXPECT_EQ(answer_once(device, kDoneResult), "tools/call");
  std::string topic;
  EXPECT_EQ(state(receipt(client, &topic)), "queued");
  EXPECT_EQ(topic, "earshot/receipt/" + id_.text() + "/c1");
  EXPECT_EQ(state(receipt(client)), "sent");
  const auto last = receipt(client);
  EXPECT_EQ(state(last), "answered");
  EXPECT_EQ(json::find_string(*json::find_object(last, "result"), "text"), "true");
  EXPECT_EQ(json::find_string(last, "by"), "operator:ann");
}

TEST_F(CommandsTest, ACommandWaitsForTheDeviceAndEventsTellThatItCame) {
  auto client = operator_client();
  ASSERT_EQ(client.subscribe("earshot/event/+/online", 0), 0);
  client.publish(topic_, R"({"id":"c1","tool":"self.volume","arguments":{"volume":30}})");
  auto device = this->device(1);
  const auto event = client.next_message();
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->topic, "earshot/event/" + id_.text() + "/online");
  EXPECT_EQ(answer_once(device, kDoneResult), "tools/list");
  EXPECT_EQ(answer_once(device, kDoneResult), "tools/call");
}

TEST_F(CommandsTest, WhatIsWrongIsToldOnTheReceipt) {
  auto client = operator_client();
  ASSERT_EQ(client.subscribe("earshot/receipt/#", 0), 0);
  std::string topic;
  client.publish(topic_, R"({"id":"c1","tool":"self.volume","timeout":1})");
  auto told = receipt(client, &topic);
  EXPECT_EQ(topic, "earshot/receipt/" + id_.text() + "/c1");
  EXPECT_EQ(json::find_string(*json::find_object(told, "error"), "code"), "bad_arguments");
  client.publish(topic_, "nonsense");
  receipt(client, &topic);
  EXPECT_EQ(topic, "earshot/receipt/" + id_.text() + "/invalid");
  client.publish(topic_, R"({"id":"c2","kind":"reboot"})");
  told = receipt(client, &topic);
  EXPECT_EQ(json::find_string(*json::find_object(told, "error"), "code"), "user_tool");
  client.publish("earshot/command/02:00:00:00:00:99", R"({"id":"c3","kind":"tools"})");
  told = receipt(client, &topic);
  EXPECT_EQ(json::find_string(*json::find_object(told, "error"), "code"), "not_found");
}

TEST_F(CommandsTest, ABrokenAnswerOfTheDeviceFailsTheCommand) {
  auto client = operator_client();
  ASSERT_EQ(client.subscribe("earshot/receipt/#", 0), 0);
  auto device = this->device(1);
  client.publish(topic_, R"({"id":"c1","kind":"tools"})");
  const auto asked = *json::parse_object(device.next_message()->payload, 4096);
  const auto id = *json::find_int(*json::find_object(asked, "payload"), "id");
  device.publish("device-server", R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":)" + std::to_string(id) +
                                      R"(,"error":{"message":"bad "quotes""}}})");
  receipt(client);
  receipt(client);
  const auto last = receipt(client);
  EXPECT_EQ(state(last), "failed");
  EXPECT_EQ(json::find_string(*json::find_object(last, "error"), "code"), "device_error");
}

TEST_F(CommandsTest, StockRequestAndResponseWorks) {
  (void)operator_client();
  auto device = this->device(1);
  std::thread answering([&device] {
    answer_once(device, kDoneResult);
    answer_once(device, kDoneResult);
  });
  const std::string command =
      "mosquitto_rr -h 127.0.0.1 -p " + std::to_string(port()) +
      " -u operator:ann -P secret -V mqttv5 -W 5 -t " + topic_ +
      R"( -e earshot/reply/me -m '{"id":"c1","tool":"self.volume","arguments":{"volume":3}}')";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string output(8192, '\0');
  output.resize(std::fread(output.data(), 1, output.size(), pipe));
  ::pclose(pipe);
  answering.join();
  const auto answer = json::parse_object(output, 8192);
  ASSERT_TRUE(answer.ok()) << output;
  EXPECT_EQ(state(*answer), "answered");
}

TEST_F(CommandsTest, ATopicThatNamesNoMacIsToldSo) {
  auto client = operator_client();
  ASSERT_EQ(client.subscribe("earshot/receipt/#", 0), 0);
  client.publish("earshot/command/kitchen", R"({"id":"c1","kind":"tools"})");
  std::string topic;
  const json::object told = receipt(client, &topic);
  EXPECT_EQ(topic, "earshot/receipt/kitchen/c1");
  EXPECT_EQ(state(told), "failed");
  EXPECT_EQ(json::find_string(*json::find_object(told, "error"), "code"), "bad_arguments");
}

TEST_F(CommandsTest, WhatWasSaidIsToldToTheOperatorItWasGrantedToAndToNobodyElse) {
  const store::BrokerOperator ann{.name = "ann",
                                  .password_hash = to_hex(sha256(as_bytes("secret"))),
                                  .user_tools = false,
                                  .texts = false,
                                  .created = {}};
  store::BrokerOperator bob = ann;
  bob.name = "bob";
  bob.texts = true;
  asio::post(io_, [&] { door_->set_operators({ann, bob}); });
  auto anns = operator_client();
  fakes::RawMqttClient bobs = open();
  while (bobs.login({.client_id = "bobs", .username = "bob", .password = "secret"}) != 0) bobs = open();
  ASSERT_EQ(anns.subscribe("earshot/event/#", 0), 0);
  EXPECT_NE(anns.subscribe("earshot/words/#", 0), 0);
  EXPECT_NE(anns.subscribe("earshot/words/bob/#", 0), 0);
  ASSERT_EQ(bobs.subscribe("earshot/words/bob/#", 0), 0);
  asio::post(io_, [&] {
    hub_.publish("turn", id_, {{"turn", 1}, {"user_text", "my code is 4711"}, {"reply_text", "noted"}});
  });
  const auto heard = anns.next_message();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->topic, "earshot/event/" + id_.text() + "/turn");
  EXPECT_EQ(heard->payload.find("4711"), std::string::npos);
  EXPECT_EQ(heard->payload.find("noted"), std::string::npos);
  const auto words = bobs.next_message();
  ASSERT_TRUE(words);
  EXPECT_EQ(words->topic, "earshot/words/bob/" + id_.text() + "/turn");
  EXPECT_NE(words->payload.find("4711"), std::string::npos);
}

TEST_F(CommandsTest, ADeviceHasWhatItWasSentBeforeItIsCutOff) {
  const std::string client = credentials(1).client_id.text;
  for (int i = 0; i < 10; ++i) {
    auto device = this->device(1);
    link_->publish_to_device(client, "goodbye");
    link_->publish_to_device(client, "alert");
    link_->kick(client);
    for (const char* last : {"goodbye", "alert"}) {
      const auto heard = device.next_message();
      ASSERT_TRUE(heard) << last;
      EXPECT_EQ(heard->payload, last);
    }
    EXPECT_TRUE(device.wait_closed());
  }
}

}  // namespace
}  // namespace earshot::broker
