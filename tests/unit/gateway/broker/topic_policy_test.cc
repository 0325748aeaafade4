#include "gateway/broker/topic_policy.h"

#include <gtest/gtest.h>

namespace earshot::broker {
namespace {

using Kind = TopicPolicy::Route::Kind;

constexpr std::string_view kTopicsDevice = "G@@@11_22_33_44_55_66@@@u";
constexpr std::string_view kTopicsGateway = "earshot-gateway-1";

bool may_publish(std::string_view client_id, std::string_view topic) {
  return TopicPolicy::may_publish(
      {.client_id = client_id, .topic = topic, .payload_bytes = 10, .retained = false});
}

TEST(TopicPolicyTest, ADevicePublishesOnlyAsItself) {
  EXPECT_TRUE(may_publish(kTopicsDevice, "device-server"));
  EXPECT_TRUE(may_publish(kTopicsDevice, "devices/G@@@11_22_33_44_55_66@@@u/up"));
  EXPECT_TRUE(may_publish(kTopicsDevice, "devices/p2p/11:22:33:44:55:66"));
  EXPECT_TRUE(may_publish(kTopicsDevice, "devices/p2p/11_22_33_44_55_66"));
  for (const std::string_view topic :
       {"", "devices/G@@@11_22_33_44_55_67@@@u/up", "devices/G@@@11_22_33_44_55_66@@@u/down",
        "devices/G@@@11_22_33_44_55_66@@@u/up/x", "devices/p2p/11:22:33:44:55:67", "devices/p2p/",
        "devices/p2p/11:22:33:44:55:66/up", "device-server/x", "earshot/presence/x", "earshot/presence-query",
        "$SYS/x", "$CONTROL/dynamic-security/v1"}) {
    EXPECT_FALSE(may_publish(kTopicsDevice, topic)) << topic;
  }
}

TEST(TopicPolicyTest, AGatewayPublishesOnlyDownAndTheQuery) {
  EXPECT_TRUE(may_publish(kTopicsGateway, "devices/any/down"));
  EXPECT_TRUE(may_publish(kTopicsGateway, "earshot/presence-query"));
  for (const std::string_view topic :
       {"devices/any/up", "device-server", "earshot/presence/any", "devices//down", "devices/a/b/down"}) {
    EXPECT_FALSE(may_publish(kTopicsGateway, topic)) << topic;
  }
}

TEST(TopicPolicyTest, NobodyRetainsOrSendsTooMuch) {
  const std::string_view topic = "device-server";
  EXPECT_TRUE(TopicPolicy::may_publish(
      {.client_id = kTopicsDevice, .topic = topic, .payload_bytes = kMaxPayloadBytes, .retained = false}));
  EXPECT_FALSE(TopicPolicy::may_publish({.client_id = kTopicsDevice,
                                         .topic = topic,
                                         .payload_bytes = kMaxPayloadBytes + 1,
                                         .retained = false}));
  EXPECT_FALSE(TopicPolicy::may_publish(
      {.client_id = kTopicsDevice, .topic = topic, .payload_bytes = 1, .retained = true}));
}

TEST(TopicPolicyTest, ADeviceSubscribesButReadsNothing) {
  EXPECT_TRUE(TopicPolicy::may_subscribe(kTopicsDevice, "null", 0));
  EXPECT_TRUE(TopicPolicy::may_subscribe(kTopicsDevice, "devices/p2p/11:22:33:44:55:66",
                                         kMaxDeviceSubscriptions - 1));
  EXPECT_FALSE(TopicPolicy::may_subscribe(kTopicsDevice, "null", kMaxDeviceSubscriptions));
  for (const std::string_view filter : {"#", "devices/#", "devices/+/up", "+/+"}) {
    EXPECT_FALSE(TopicPolicy::may_subscribe(kTopicsDevice, filter, 0)) << filter;
  }
  EXPECT_FALSE(TopicPolicy::may_subscribe(kTopicsDevice, "$share/g/devices/+/up", 0));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsDevice, "devices/G@@@11_22_33_44_55_66@@@u/down"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsDevice, "devices/G@@@11_22_33_44_55_66@@@u/up"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsDevice, "earshot/presence/x"));
}

TEST(TopicPolicyTest, AGatewayReadsDevicesAndPresence) {
  EXPECT_TRUE(TopicPolicy::may_subscribe(kTopicsGateway, "devices/+/up", 1000));
  EXPECT_TRUE(TopicPolicy::may_subscribe(kTopicsGateway, "earshot/presence/+", 0));
  EXPECT_FALSE(TopicPolicy::may_subscribe(kTopicsGateway, "#", 0));
  EXPECT_TRUE(TopicPolicy::may_read(kTopicsGateway, "devices/any/up"));
  EXPECT_TRUE(TopicPolicy::may_read(kTopicsGateway, "earshot/presence/any"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsGateway, "devices/any/down"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsGateway, "device-server"));
}

TEST(TopicPolicyTest, RoutesEachPublish) {
  const auto rewritten = TopicPolicy::route(kTopicsDevice, "user", "device-server");
  EXPECT_EQ(rewritten.kind, Kind::kRewrite);
  EXPECT_EQ(rewritten.target, "devices/G@@@11_22_33_44_55_66@@@u/up");
  EXPECT_EQ(TopicPolicy::route(kTopicsDevice, "user", "devices/G@@@11_22_33_44_55_66@@@u/up").kind,
            Kind::kAsIs);
  const auto answered = TopicPolicy::route(kTopicsDevice, "user", "devices/p2p/11:22:33:44:55:66");
  EXPECT_EQ(answered.kind, Kind::kRewrite);
  EXPECT_EQ(answered.target, "devices/G@@@11_22_33_44_55_66@@@u/up");
  EXPECT_EQ(TopicPolicy::route(kTopicsDevice, "user", "earshot/presence-query").kind, Kind::kAsIs);

  const auto pushed = TopicPolicy::route(kTopicsGateway, "user", "devices/G@@@11_22_33_44_55_66@@@u/down");
  EXPECT_EQ(pushed.kind, Kind::kPush);
  EXPECT_EQ(pushed.target, kTopicsDevice);
  EXPECT_EQ(TopicPolicy::route(kTopicsGateway, "user", "earshot/presence-query").kind, Kind::kAnswerPresence);
}

constexpr std::string_view kOperator = "ops-laptop";

TEST(TopicPolicyTest, AnOperatorPublishesCommandsAndNothingElse) {
  EXPECT_TRUE(may_publish(kOperator, "earshot/command/11:22:33:44:55:66"));
  EXPECT_TRUE(may_publish(kOperator, "earshot/command/11_22_33_44_55_66"));
  EXPECT_TRUE(may_publish(kOperator, "earshot/command/a name")) << "the gateway tells what is wrong with it";
  EXPECT_FALSE(may_publish(kOperator, "earshot/command/" + std::string(65, 'n')));
  for (const std::string_view topic :
       {"earshot/command/", "earshot/command/11:22:33:44:55:66/x", "device-server",
        "devices/G@@@11_22_33_44_55_66@@@u/down", "devices/G@@@11_22_33_44_55_66@@@u/up", "earshot/kick",
        "earshot/operators", "earshot/operator/bob/command/11:22:33:44:55:66",
        "earshot/receipt/11:22:33:44:55:66/1", "earshot/event/11:22:33:44:55:66/online", "earshot/reply/x",
        "earshot/presence/x", "earshot/presence-query"}) {
    EXPECT_FALSE(may_publish(kOperator, topic)) << topic;
  }
}

TEST(TopicPolicyTest, AnOperatorReadsWhatIsForOperatorsAndNothingElse) {
  for (const std::string_view filter :
       {"earshot/receipt/#", "earshot/event/#", "earshot/reply/#", "earshot/receipt/11:22:33:44:55:66/+"}) {
    EXPECT_TRUE(TopicPolicy::may_subscribe(kOperator, filter, 0)) << filter;
  }
  for (const std::string_view filter : {"#", "+/#", "earshot/#", "earshot/+/x/y", "devices/+/up",
                                        "$share/g/earshot/receipt/#", "earshot/operator/#", "$SYS/#"}) {
    EXPECT_FALSE(TopicPolicy::may_subscribe(kOperator, filter, 0)) << filter;
  }
  EXPECT_FALSE(TopicPolicy::may_subscribe(kOperator, "earshot/receipt/#", kMaxOperatorSubscriptions));
  EXPECT_TRUE(TopicPolicy::may_read(kOperator, "earshot/receipt/x/1"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, "devices/any/up"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, "earshot/presence/any"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, "earshot/operators"));
}

TEST(TopicPolicyTest, ADeviceIsNoOperator) {
  EXPECT_FALSE(may_publish(kTopicsDevice, "earshot/command/11:22:33:44:55:66"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsDevice, "earshot/receipt/x/1"));
  EXPECT_FALSE(TopicPolicy::may_read(kTopicsDevice, "earshot/reply/x"));
}

TEST(TopicPolicyTest, AnOperatorsCommandCarriesHisName) {
  for (const std::string_view username : {"ann", "operator:ann"}) {
    const auto route = TopicPolicy::route(kOperator, username, "earshot/command/11:22:33:44:55:66");
    EXPECT_EQ(route.kind, Kind::kRewrite);
    EXPECT_EQ(route.target, "earshot/operator/ann/command/11:22:33:44:55:66");
  }
  EXPECT_EQ(TopicPolicy::route(kTopicsGateway, "gw", "earshot/kick").kind, Kind::kKick);
  EXPECT_EQ(TopicPolicy::route(kTopicsGateway, "gw", "earshot/operators").kind, Kind::kOperators);
  EXPECT_EQ(TopicPolicy::route(kTopicsDevice, "u", "earshot/kick").kind, Kind::kAsIs);
}

TEST(TopicPolicyTest, WhatWasSaidIsReadByTheOneItIsFor) {
  const std::string_view own = "earshot/words/ann/11:22:33:44:55:66/turn";
  EXPECT_TRUE(may_publish(kTopicsGateway, own));
  EXPECT_FALSE(may_publish(kOperator, own));
  EXPECT_TRUE(TopicPolicy::may_read(kOperator, own, "ann"));
  EXPECT_TRUE(TopicPolicy::may_read(kOperator, own, "operator:ann"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, own, "an"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, own, "anna"));
  EXPECT_FALSE(TopicPolicy::may_read(kOperator, own, ""));
  EXPECT_TRUE(TopicPolicy::may_subscribe(kOperator, "earshot/words/ann/#", 0, "ann"));
  for (const std::string_view filter : {"earshot/words/#", "earshot/words/+/#", "earshot/words/bob/#"}) {
    EXPECT_FALSE(TopicPolicy::may_subscribe(kOperator, filter, 0, "ann")) << filter;
  }
}

}  // namespace
}  // namespace earshot::broker
