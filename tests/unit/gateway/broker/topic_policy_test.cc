#include "gateway/broker/topic_policy.h"

#include <gtest/gtest.h>

namespace earshot::broker {
namespace {

using Kind = TopicPolicy::Route::Kind;

constexpr std::string_view kDevice = "G@@@11_22_33_44_55_66@@@u";
constexpr std::string_view kGateway = "earshot-gateway-1";

bool may_publish(std::string_view client_id, std::string_view topic) {
  return TopicPolicy::may_publish(
      {.client_id = client_id, .topic = topic, .payload_bytes = 10, .retained = false});
}

TEST(TopicPolicyTest, ADevicePublishesOnlyAsItself) {
  EXPECT_TRUE(may_publish(kDevice, "device-server"));
  EXPECT_TRUE(may_publish(kDevice, "devices/G@@@11_22_33_44_55_66@@@u/up"));
  for (const std::string_view topic :
       {"", "devices/G@@@11_22_33_44_55_67@@@u/up", "devices/G@@@11_22_33_44_55_66@@@u/down",
        "devices/G@@@11_22_33_44_55_66@@@u/up/x", "device-server/x", "earshot/presence/x",
        "earshot/presence-query", "$SYS/x", "$CONTROL/dynamic-security/v1"}) {
    EXPECT_FALSE(may_publish(kDevice, topic)) << topic;
  }
}

TEST(TopicPolicyTest, AGatewayPublishesOnlyDownAndTheQuery) {
  EXPECT_TRUE(may_publish(kGateway, "devices/any/down"));
  EXPECT_TRUE(may_publish(kGateway, "earshot/presence-query"));
  for (const std::string_view topic :
       {"devices/any/up", "device-server", "earshot/presence/any", "devices//down", "devices/a/b/down"}) {
    EXPECT_FALSE(may_publish(kGateway, topic)) << topic;
  }
}

TEST(TopicPolicyTest, NobodyRetainsOrSendsTooMuch) {
  const std::string_view topic = "device-server";
  EXPECT_TRUE(TopicPolicy::may_publish(
      {.client_id = kDevice, .topic = topic, .payload_bytes = kMaxPayloadBytes, .retained = false}));
  EXPECT_FALSE(TopicPolicy::may_publish(
      {.client_id = kDevice, .topic = topic, .payload_bytes = kMaxPayloadBytes + 1, .retained = false}));
  EXPECT_FALSE(
      TopicPolicy::may_publish({.client_id = kDevice, .topic = topic, .payload_bytes = 1, .retained = true}));
}

TEST(TopicPolicyTest, ADeviceSubscribesButReadsNothing) {
  EXPECT_TRUE(TopicPolicy::may_subscribe(kDevice, "null", 0));
  EXPECT_TRUE(TopicPolicy::may_subscribe(kDevice, "#", kMaxDeviceSubscriptions - 1));
  EXPECT_FALSE(TopicPolicy::may_subscribe(kDevice, "#", kMaxDeviceSubscriptions));
  EXPECT_FALSE(TopicPolicy::may_subscribe(kDevice, "$share/g/devices/+/up", 0));
  EXPECT_FALSE(TopicPolicy::may_read(kDevice, "devices/G@@@11_22_33_44_55_66@@@u/down"));
  EXPECT_FALSE(TopicPolicy::may_read(kDevice, "devices/G@@@11_22_33_44_55_66@@@u/up"));
  EXPECT_FALSE(TopicPolicy::may_read(kDevice, "earshot/presence/x"));
}

TEST(TopicPolicyTest, AGatewayReadsDevicesAndPresence) {
  EXPECT_TRUE(TopicPolicy::may_subscribe(kGateway, "devices/+/up", 1000));
  EXPECT_TRUE(TopicPolicy::may_subscribe(kGateway, "earshot/presence/+", 0));
  EXPECT_FALSE(TopicPolicy::may_subscribe(kGateway, "#", 0));
  EXPECT_TRUE(TopicPolicy::may_read(kGateway, "devices/any/up"));
  EXPECT_TRUE(TopicPolicy::may_read(kGateway, "earshot/presence/any"));
  EXPECT_FALSE(TopicPolicy::may_read(kGateway, "devices/any/down"));
  EXPECT_FALSE(TopicPolicy::may_read(kGateway, "device-server"));
}

TEST(TopicPolicyTest, RoutesEachPublish) {
  const auto rewritten = TopicPolicy::route(kDevice, "device-server");
  EXPECT_EQ(rewritten.kind, Kind::kRewrite);
  EXPECT_EQ(rewritten.target, "devices/G@@@11_22_33_44_55_66@@@u/up");
  EXPECT_EQ(TopicPolicy::route(kDevice, "devices/G@@@11_22_33_44_55_66@@@u/up").kind, Kind::kAsIs);
  EXPECT_EQ(TopicPolicy::route(kDevice, "earshot/presence-query").kind, Kind::kAsIs);

  const auto pushed = TopicPolicy::route(kGateway, "devices/G@@@11_22_33_44_55_66@@@u/down");
  EXPECT_EQ(pushed.kind, Kind::kPush);
  EXPECT_EQ(pushed.target, kDevice);
  EXPECT_EQ(TopicPolicy::route(kGateway, "earshot/presence-query").kind, Kind::kAnswerPresence);
}

}  // namespace
}  // namespace earshot::broker
