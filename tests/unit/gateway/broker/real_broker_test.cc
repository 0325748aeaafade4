// The plugin inside the real mosquitto, seen by raw 3.1.1 clients that play devices
// and by the gateway's link.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

using fakes::RawMqttClient;
using fakes::RawMqttMessage;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kGood = 0;
constexpr int kNotAuthorised = 5;
constexpr std::chrono::milliseconds kNow{0};

class RealBrokerTest : public BrokerFixture {
 protected:
  void SetUp() override {
    BrokerFixture::SetUp();
    start_broker();
  }
  std::string id(int number) const { return credentials(number).client_id.text; }
  std::string push(int number, std::string_view text) {
    EXPECT_EQ(link_->publish_to_device(id(number), text), broker::PushVerdict::kQueued);
    return std::string(text);
  }
};

TEST_F(RealBrokerTest, AnswersEveryLoginWithTheRightCode) {
  const auto good = login_of(credentials(1));
  const std::string two_part = "GID_old@@@02_00_00_00_00_01";
  const std::string gateway = "earshot-gateway-test";
  const std::string gateway_password(settings_.gateway_password.reveal());
  const struct {
    const char* what;
    RawMqttClient::Login login;
    int code;
  } cases[] = {
      {"right password", good, kGood},
      {"wrong password",
       {.client_id = good.client_id, .username = good.username, .password = "x"},
       kNotAuthorised},
      {"empty password",
       {.client_id = good.client_id, .username = good.username, .password = ""},
       kNotAuthorised},
      {"no password", {.client_id = good.client_id, .username = good.username}, kNotAuthorised},
      {"nothing", {.client_id = good.client_id}, kNotAuthorised},
      {"another's password",
       {.client_id = good.client_id,
        .username = good.username,
        .password = login_of(credentials(2)).password},
       kNotAuthorised},
      {"two parts, no password", {.client_id = two_part}, kNotAuthorised},
      {"two parts, empty password", {.client_id = two_part, .username = "u", .password = ""}, kNotAuthorised},
      {"two parts, right password",
       {.client_id = two_part, .username = "u", .password = auth::sign(kDeviceKey, two_part, "u")},
       kGood},
      {"topic characters in the id",
       {.client_id = "G/#@@@02_00_00_00_00_01@@@u",
        .username = "u",
        .password = auth::sign(kDeviceKey, "G/#@@@02_00_00_00_00_01@@@u", "u")},
       kNotAuthorised},
      {"gateway", {.client_id = gateway, .username = "earshot-gateway", .password = gateway_password}, kGood},
      {"gateway, wrong password",
       {.client_id = gateway, .username = "earshot-gateway", .password = "x"},
       kNotAuthorised},
      {"gateway id, device password",
       {.client_id = gateway, .username = "u", .password = auth::sign(kDeviceKey, gateway, "u")},
       kNotAuthorised},
      {"device id, gateway password",
       {.client_id = good.client_id, .username = "earshot-gateway", .password = gateway_password},
       kNotAuthorised},
  };
  for (const auto& c : cases) {
    auto client = open();
    EXPECT_EQ(client.login(c.login), c.code) << c.what;
    if (c.code != kGood) {
      EXPECT_TRUE(client.wait_closed()) << c.what;
    }
  }
}

TEST_F(RealBrokerTest, AnEmptyClientIdIsRefused) {
  auto client = open();
  EXPECT_NE(client.login({.client_id = ""}), kGood);
  EXPECT_TRUE(client.wait_closed());
}

TEST_F(RealBrokerTest, ADeviceThatNeverSubscribedGetsEveryPushInOrder) {
  start_link();
  auto device_1 = device(1);
  auto device_2 = device(2);
  constexpr int kCount = 500;
  for (int i = 0; i < kCount; ++i) {
    push(1, "a" + std::to_string(i));
    push(2, "b" + std::to_string(i));
  }
  for (int i = 0; i < kCount; ++i) {
    const auto a = device_1.next_message();
    const auto b = device_2.next_message();
    ASSERT_TRUE(a && b) << i;
    ASSERT_EQ(a->payload, "a" + std::to_string(i));
    ASSERT_EQ(b->payload, "b" + std::to_string(i));
    ASSERT_EQ(a->qos, 0);
    ASSERT_FALSE(a->retained);
  }
}

TEST_F(RealBrokerTest, ADeviceThatSubscribesGetsExactlyOneCopy) {
  start_link();
  auto subscriber = device(1);
  EXPECT_EQ(subscriber.subscribe("devices/" + id(1) + "/down", 2), 2);  // firmware <= 0.9.9 asks for QoS 2
  EXPECT_EQ(subscriber.subscribe("devices/p2p/02:00:00:00:00:01", 1), 1);
  EXPECT_EQ(subscriber.subscribe("#", 1), 0x80) << "the broker would ask for each message of everybody";
  push(1, "once");
  push(1, "last");
  EXPECT_EQ(subscriber.next_message()->payload, "once");
  EXPECT_EQ(subscriber.next_message()->payload, "last");
  ASSERT_TRUE(subscriber.ping());
  EXPECT_FALSE(subscriber.next_message(kNow));
}

TEST_F(RealBrokerTest, ALargePushArrivesWhole) {
  start_link();
  auto receiver = device(1);
  const std::string large(broker::kMaxMqttPayloadBytes, 'x');
  push(1, large);
  const auto got = receiver.next_message();
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->payload == large);
}

TEST_F(RealBrokerTest, DeviceServerArrivesAsTheDevicesOwnTopic) {
  start_link();
  auto device_1 = device(1);
  device_1.publish("device-server", "hello");
  device_1.publish("devices/" + id(1) + "/up", "again");
  EXPECT_THAT(events_.until(id(1) + ": again"),
              ElementsAre("online " + id(1), id(1) + ": hello", id(1) + ": again"));
}

TEST_F(RealBrokerTest, WhatStandsForTheUpTopicArrivesThereOnce) {
  start_link();
  auto device_1 = device(1);
  device_1.subscribe("device-server", 0);
  device_1.publish("device-server", "settings of old");
  device_1.publish("devices/p2p/02:00:00:00:00:01", "an answer");
  device_1.publish("devices/p2p/02:00:00:00:00:02", "not his");
  device_1.publish_acknowledged("devices/p2p/02:00:00:00:00:01", "acknowledged");
  device_1.publish("device-server", "end");
  EXPECT_THAT(events_.until(id(1) + ": end"),
              ElementsAre("online " + id(1), id(1) + ": settings of old", id(1) + ": an answer",
                          id(1) + ": acknowledged", id(1) + ": end"));
  ASSERT_TRUE(device_1.ping());
  EXPECT_FALSE(device_1.next_message(kNow));
}

TEST_F(RealBrokerTest, QosOneIsAcknowledged) {
  start_link();
  auto device_1 = device(1);
  EXPECT_TRUE(device_1.publish_acknowledged("device-server", "hello"));
  EXPECT_TRUE(device_1.publish_acknowledged("devices/x/up", "denied"));
  EXPECT_TRUE(device_1.publish_acknowledged("device-server", "end"));
  EXPECT_THAT(events_.until(id(1) + ": end"),
              ElementsAre("online " + id(1), id(1) + ": hello", id(1) + ": end"));
}

TEST_F(RealBrokerTest, ADeviceReachesNobodyElse) {
  start_link();
  auto hostile = device(1);
  auto other = device(2);
  events_.until("online " + id(2));
  for (const std::string& topic :
       {"devices/" + id(2) + "/up", "devices/" + id(2) + "/down", "earshot/presence/" + id(2),
        std::string("earshot/presence-query"), std::string("anything")}) {
    ASSERT_TRUE(hostile.publish(topic, "offline")) << topic;
  }
  hostile.publish("device-server", "end");
  EXPECT_THAT(events_.until(id(1) + ": end"), ElementsAre(id(1) + ": end"));
  ASSERT_TRUE(other.ping());
  EXPECT_FALSE(other.next_message(kNow));
  ASSERT_TRUE(hostile.ping());
  EXPECT_FALSE(hostile.next_message(kNow));  // the presence query was not answered either
}

TEST_F(RealBrokerTest, ADeviceReadsNobodyElse) {
  start_link();
  auto spy = device(1);
  for (const char* filter : {"#", "devices/+/up", "earshot/#", "$SYS/#"}) {
    spy.subscribe(filter, 0);
  }
  auto other = device(2);
  other.publish("device-server", "private");
  push(2, "also private");
  EXPECT_EQ(other.next_message()->payload, "also private");
  events_.until(id(2) + ": private");
  ASSERT_TRUE(spy.ping());
  EXPECT_FALSE(spy.next_message(kNow));
}

TEST_F(RealBrokerTest, ATakeOverEndsOnline) {
  start_link();
  auto old_connection = device(1);
  auto new_connection = device(1);
  EXPECT_TRUE(old_connection.wait_closed());
  new_connection.publish("device-server", "here");
  EXPECT_THAT(events_.until(id(1) + ": here"),
              ElementsAre("online " + id(1), "online " + id(1), id(1) + ": here"));
  push(1, "to the new one");
  EXPECT_EQ(new_connection.next_message()->payload, "to the new one");
  new_connection.close();
  EXPECT_THAT(events_.until("offline " + id(1)), ElementsAre("offline " + id(1)));
}

TEST_F(RealBrokerTest, ARefusedLoginIsNoPresenceAndDisturbsNobody) {
  start_link();
  auto device_1 = device(1);
  auto impostor = open();
  auto login = login_of(credentials(1));
  login.password = "wrong";
  EXPECT_EQ(impostor.login(login), kNotAuthorised);
  EXPECT_TRUE(impostor.wait_closed());
  device_1.publish("device-server", "still here");
  EXPECT_THAT(events_.until(id(1) + ": still here"), ElementsAre("online " + id(1), id(1) + ": still here"));
}

TEST_F(RealBrokerTest, AGatewayThatConnectsLaterLearnsWhoIsOnline) {
  auto device_1 = device(1);
  auto device_2 = device(2);
  auto gone = device(3);
  gone.disconnect();
  start_link();
  device_1.publish("device-server", "end");
  auto seen = events_.until(id(1) + ": end");
  if (seen.size() < 3) {  // the answer to the query follows
    events_.until("online " + id(2));
    seen = {"online " + id(1), "online " + id(2), id(1) + ": end"};
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAre("online " + id(1), "online " + id(2), id(1) + ": end"));
}

TEST_F(RealBrokerTest, AHugePublishHarmsNobody) {
  start_link();
  auto hostile = device(1);
  auto other = device(2);
  events_.until("online " + id(2));
  hostile.publish("device-server", std::string(1 << 20, 'x'));
  EXPECT_TRUE(hostile.wait_closed());
  EXPECT_THAT(events_.until("offline " + id(1)), ElementsAre("offline " + id(1)));
  other.publish("device-server", "fine");
  EXPECT_THAT(events_.until(id(2) + ": fine"), ElementsAre(id(2) + ": fine"));
  push(2, "fine too");
  EXPECT_EQ(other.next_message()->payload, "fine too");
}

TEST_F(RealBrokerTest, APublishJustOverTheLimitIsDroppedAlone) {
  start_link();
  auto device_1 = device(1);
  device_1.publish("device-server", std::string(broker::kMaxMqttPayloadBytes + 1, 'x'));
  device_1.publish("device-server", "end");
  EXPECT_THAT(events_.until(id(1) + ": end"), ElementsAre("online " + id(1), id(1) + ": end"));
}

TEST_F(RealBrokerTest, NothingIsRetained) {
  start_link();
  {
    auto device_1 = device(1);
    device_1.publish("devices/" + id(1) + "/up", "retained", true);
    ASSERT_TRUE(device_1.ping());
  }
  events_.until("offline " + id(1));
  link_.reset();
  start_link();
  auto device_2 = device(2);
  device_2.publish("device-server", "end");
  for (const auto& event : events_.until(id(2) + ": end"))
    EXPECT_EQ(event.find("retained"), std::string::npos);
  EXPECT_EQ(link_->drops().retained, 0U);
}

TEST_F(RealBrokerTest, AFlooderIsDroppedThenThrownOutAndBeginsNoNewBudget) {
  start_link();
  auto other = device(2);
  for (int connection = 0; connection < 3; ++connection) {
    auto flooder = device(1);
    for (int i = 0; i < 2000; ++i) {
      if (!flooder.publish("device-server", std::string(62'000, 'x'))) break;
    }
    EXPECT_TRUE(flooder.wait_closed());
  }
  other.publish("device-server", "fine");
  const auto seen = events_.until(id(2) + ": fine");
  const auto from_flooder =
      std::ranges::count_if(seen, [&](const std::string& event) { return event.starts_with(id(1) + ": "); });
  EXPECT_GE(from_flooder, 4);
  EXPECT_LE(from_flooder, 12) << "four at once, then one a second";
  EXPECT_TRUE(other.ping());
}

TEST_F(RealBrokerTest, HellosBeyondTheBudgetAreDroppedAndAllElseIsNot) {
  start_link();
  auto device_1 = device(1);
  for (int i = 0; i < 20; ++i) device_1.publish("device-server", R"({"type":"hello"})");
  device_1.publish("device-server", "end");
  const auto seen = events_.until(id(1) + ": end");
  const auto hellos = std::ranges::count(seen, id(1) + R"(: {"type":"hello"})");
  EXPECT_GE(hellos, 5);
  EXPECT_LE(hellos, 7) << "one a second more";
  EXPECT_TRUE(device_1.ping()) << "for so few it stays connected";
}

TEST_F(RealBrokerTest, SubscribingWithoutPauseEndsTheConnection) {
  start_link();
  auto hostile = device(1);
  for (int i = 0; i < 5000; ++i) {
    if (!hostile.subscribe("a/" + std::to_string(i % 50), 0)) break;
  }
  EXPECT_TRUE(hostile.wait_closed());
  EXPECT_THAT(events_.until("offline " + id(1)), ElementsAre("online " + id(1), "offline " + id(1)));
}

TEST_F(RealBrokerTest, ConnectingWithoutPauseIsNoFloodOfPresence) {
  start_link();
  int let_in = 0;
  for (int i = 0; i < 100; ++i) {
    auto hostile = open();
    let_in += hostile.login(login_of(credentials(1))) == kGood ? 1 : 0;
  }
  EXPECT_GE(let_in, 10);
  EXPECT_LE(let_in, 15);
  auto other = device(2);
  other.publish("device-server", "fine");
  const auto seen = events_.until(id(2) + ": fine");
  EXPECT_LE(std::ranges::count(seen, "online " + id(1)), let_in);
}

TEST_F(RealBrokerTest, GarbageOnThePortHarmsNobody) {
  start_link();
  auto device_1 = device(1);
  const Bytes garbage[] = {Bytes(300, 0xff),
                           {0x10, 0xff, 0xff, 0xff, 0x7f},
                           {0x30, 0x05, 0, 1, 'a', 'b', 'c'},
                           {0x00},
                           {'G', 'E', 'T', ' '}};
  for (const Bytes& bytes : garbage) {
    auto client = open();
    client.send_bytes(bytes);
    client.close();
  }
  device_1.publish("device-server", "fine");
  EXPECT_THAT(events_.until(id(1) + ": fine"), ElementsAre("online " + id(1), id(1) + ": fine"));
}

TEST_F(RealBrokerTest, AWillReachesOnlyTheDevicesOwnTopic) {
  start_link();
  for (const std::string& topic : {"devices/" + id(2) + "/up", "earshot/presence/" + id(2)}) {
    auto client = open();
    auto login = login_of(credentials(1));
    login.will = RawMqttMessage{.topic = topic, .payload = "offline", .qos = 0, .retained = false};
    ASSERT_EQ(client.login(login), kGood);
    client.close();
    EXPECT_THAT(events_.until("offline " + id(1)), ElementsAre("online " + id(1), "offline " + id(1)));
  }
  auto device_2 = device(2);
  device_2.publish("device-server", "end");
  EXPECT_THAT(events_.until(id(2) + ": end"), ElementsAre("online " + id(2), id(2) + ": end"));
}

TEST_F(RealBrokerTest, TheRoundTripIsQuick) {
  start_link();
  auto device_1 = device(1);
  std::vector<double> micros;
  for (int i = 0; i < 300; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    device_1.publish("device-server", "ping");
    events_.until(id(1) + ": ping");
    push(1, "pong");
    ASSERT_TRUE(device_1.next_message());
    micros.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(micros.begin(), micros.end());
  std::printf("device -> broker -> gateway -> broker -> device: p50 %.0f us, p99 %.0f us\n",
              micros[micros.size() / 2], micros[micros.size() * 99 / 100]);
}

}  // namespace
}  // namespace earshot::broker
