// Operators at a real mosquitto with our plugin, with stock clients and our own.
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "common/auth/mqtt_topics.h"
#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "gateway/broker/event_readers.h"
#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

constexpr const char* kMac = "02:00:00:00:00:01";

class OperatorsTest : public BrokerFixture {
 protected:
  void SetUp() override {
    BrokerFixture::SetUp();
    start_broker();
    auto handlers = events_.handlers();
    handlers.on_operator = [this](const broker::OperatorMessage& message) {
      std::string text = std::string(message.operator_name) + " to " + std::string(message.device) + ": " +
                         std::string(message.payload);
      if (!message.response_topic.empty()) {
        text += " reply " + std::string(message.response_topic) + " " + std::string(message.correlation);
      }
      commands_.record(text);
      if (!message.response_topic.empty()) {
        link_->publish_receipt(std::string(message.response_topic), "done", message.correlation);
      }
    };
    handlers.on_event_readers = [this](bool any) { readers_.record(any ? "read" : "unread"); };
    link_ = std::make_unique<broker::MqttLink>(link_options(), handlers);
    link_->start();
    events_.until("connected");
    link_->publish_operators(line("ann", "secret"));
  }
  static std::string line(const std::string& name, const std::string& password) {
    return name + " " + to_hex(sha256(as_bytes(password))) + "\n";
  }
  static fakes::RawMqttClient::Login login(const std::string& password = "secret") {
    return {.client_id = "ops-laptop", .username = "operator:ann", .password = password};
  }
  // The table is on its way to the plugin when the test begins.
  fakes::RawMqttClient operator_client() {
    for (int i = 0; i < 50; ++i) {
      fakes::RawMqttClient client = open();
      if (client.login(login()) == 0) return client;
    }
    throw std::runtime_error("the operator is not let in");
  }
  // RETURNS: exit code and output of a stock client.
  std::pair<int, std::string> run(const std::string& command) {
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 256> room{};
    while (std::fgets(room.data(), static_cast<int>(room.size()), pipe) != nullptr) output += room.data();
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
  }
  std::string at_broker() const {
    return " -h 127.0.0.1 -p " + std::to_string(port()) + " -u ann -P secret ";
  }

  struct Recorder : LinkRecorder {
    using LinkRecorder::record;
  };
  Recorder commands_;
  Recorder readers_;
};

TEST_F(OperatorsTest, ACommandReachesTheGatewayWithItsOperatorsName) {
  auto client = operator_client();
  EXPECT_TRUE(client.publish_acknowledged(std::string("earshot/command/") + kMac, "{}"));
  commands_.until(std::string("ann to ") + kMac + ": {}");
}

TEST_F(OperatorsTest, OnlyTheRightPasswordLetsIn) {
  (void)operator_client();
  EXPECT_EQ(open().login(login("wrong")), 5);
  auto stranger = login();
  stranger.username = "eve";
  EXPECT_EQ(open().login(stranger), 5);
  auto as_gateway = login();
  as_gateway.client_id = "earshot-gateway-evil";
  EXPECT_EQ(open().login(as_gateway), 5);
  auto as_device = login();
  as_device.client_id = credentials(1).client_id.text;
  EXPECT_NE(open().login(as_device), 0);
}

TEST_F(OperatorsTest, ReadsReceiptsAndEventsButNothingOfDevices) {
  auto client = operator_client();
  EXPECT_EQ(client.subscribe("earshot/receipt/#", 0), 0);
  EXPECT_EQ(client.subscribe("earshot/event/+/online", 0), 0);
  for (const char* filter :
       {"#", "devices/#", "earshot/#", "earshot/presence/+", "$share/g/earshot/event/#"}) {
    EXPECT_EQ(client.subscribe(filter, 0), 0x80) << filter;
  }
  auto device = this->device(1);
  device.publish("device-server", "private");
  events_.until(credentials(1).client_id.text + ": private");
  link_->publish_event(std::string("earshot/event/") + kMac + "/online", "e");
  link_->publish_receipt(std::string("earshot/receipt/") + kMac + "/1", "r");
  EXPECT_EQ(client.next_message()->payload, "e");
  EXPECT_EQ(client.next_message()->payload, "r");
}

TEST_F(OperatorsTest, TheGatewayIsToldWhetherAnybodyReadsEvents) {
  readers_.until("unread");
  auto device = this->device(1);
  EXPECT_EQ(device.subscribe("earshot/event/x/online", 0), 0) << "hears nothing, and does not count";
  auto receipts = operator_client();
  EXPECT_EQ(receipts.subscribe("earshot/receipt/#", 0), 0);
  {
    fakes::RawMqttClient reader = open();
    auto other = login();
    other.client_id = "ops-wall";
    ASSERT_EQ(reader.login(other), 0);
    EXPECT_EQ(reader.subscribe("earshot/event/+/online", 0), 0);
    EXPECT_EQ(reader.subscribe("earshot/event/#", 0), 0);
    EXPECT_EQ(readers_.until("read").size(), 1U);
  }
  EXPECT_EQ(readers_.until("unread").size(), 1U);
}

TEST(EventReadersTest, TheFirstAndTheLastChangeTheAnswer) {
  const int one = 0;
  const int two = 0;
  EventReaders readers;
  EXPECT_FALSE(readers.left(&one));
  EXPECT_TRUE(readers.came(&one));
  EXPECT_FALSE(readers.came(&one));
  EXPECT_FALSE(readers.came(&two));
  EXPECT_FALSE(readers.left(&one));
  EXPECT_TRUE(readers.any());
  EXPECT_TRUE(readers.left(&two));
  EXPECT_FALSE(readers.left(&two));
  EXPECT_FALSE(readers.any());
}

TEST_F(OperatorsTest, CannotSpeakToDevicesNorAsOne) {
  auto device = this->device(1);
  auto client = operator_client();
  const std::string id = credentials(1).client_id.text;
  for (const std::string& topic : {auth::down_topic(id), auth::up_topic(id), std::string("device-server"),
                                   std::string("earshot/operator/bob/command/") + kMac,
                                   std::string(auth::kOperatorsTopic), std::string(auth::kKickTopic)}) {
    client.publish(topic, "evil");
  }
  client.publish(std::string("earshot/command/") + kMac, "good");
  EXPECT_EQ(commands_.until(std::string("ann to ") + kMac + ": good").size(), 1U);
  EXPECT_TRUE(device.ping());
  EXPECT_FALSE(device.next_message(std::chrono::milliseconds(50)).has_value());
}

TEST_F(OperatorsTest, ADeviceCannotCommand) {
  auto device = this->device(1);
  EXPECT_EQ(device.subscribe("earshot/receipt/x/1", 0), 0);  // a good answer, and nothing behind it
  device.publish(std::string("earshot/command/") + kMac, "evil");
  auto client = operator_client();
  client.publish(std::string("earshot/command/") + kMac, "good");
  EXPECT_EQ(commands_.until(std::string("ann to ") + kMac + ": good").size(), 1U);
  link_->publish_receipt(std::string("earshot/receipt/") + kMac + "/1", "r");
  EXPECT_TRUE(device.ping());
  EXPECT_FALSE(device.next_message(std::chrono::milliseconds(50)).has_value());
}

TEST_F(OperatorsTest, WhoLosesHisLoginIsThrownOut) {
  auto client = operator_client();
  link_->publish_operators(line("ann", "new"));
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(open().login(login()), 5);
}

TEST_F(OperatorsTest, TheGatewayThrowsAClientOut) {
  auto device = this->device(1);
  link_->kick(credentials(1).client_id.text);
  EXPECT_TRUE(device.wait_closed());
  events_.until("offline " + credentials(1).client_id.text);
}

TEST_F(OperatorsTest, StockClientsCommandAndWait) {
  (void)operator_client();
  const std::string topic = std::string("earshot/command/") + kMac;
  EXPECT_EQ(run("mosquitto_pub" + at_broker() + "-t " + topic + " -m '{\"a\":1}'"),
            std::pair(0, std::string()));
  commands_.until(std::string("ann to ") + kMac + ": {\"a\":1}");
  EXPECT_EQ(run("mosquitto_rr" + at_broker() + "-V mqttv5 -W 5 -t " + topic + " -e earshot/reply/x -m hello"),
            std::pair(0, std::string("done\n")));
  EXPECT_NE(run("mosquitto_pub" + at_broker() + "-V mqttv5 -q 1 -t earshot/kick -m x").second, "");
}

TEST_F(OperatorsTest, AnAnswerGoesNowhereElse) {
  (void)operator_client();
  const std::string command = "mosquitto_pub" + at_broker() + "-V mqttv5 -t earshot/command/" + kMac +
                              " -D publish response-topic earshot/operators -m x";
  EXPECT_EQ(run(command).first, 0);
  commands_.until(std::string("ann to ") + kMac + ": x");
  EXPECT_EQ(link_->drops().reply_topic, 1U);
}

}  // namespace
}  // namespace earshot::broker
