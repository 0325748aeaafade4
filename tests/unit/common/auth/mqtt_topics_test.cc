#include "common/auth/mqtt_topics.h"

#include <gtest/gtest.h>

namespace earshot::auth {
namespace {

TEST(MqttTopicsTest, TheClientIdComesBack) {
  EXPECT_EQ(up_topic("c"), "devices/c/up");
  EXPECT_EQ(client_id_of_up_topic(up_topic("c")), "c");
  EXPECT_EQ(client_id_of_down_topic(down_topic("c")), "c");
  EXPECT_EQ(client_id_of_presence_topic(presence_topic("c")), "c");
}

TEST(MqttTopicsTest, OtherTopicsHaveNone) {
  for (const std::string_view topic :
       {"", "devices/", "devices//up", "devices/up", "devices/a/b/up", "devices/a/down", "devices/a/up/",
        "/devices/a/up", "Devices/a/up", "device-server"}) {
    EXPECT_EQ(client_id_of_up_topic(topic), std::nullopt) << topic;
  }
  for (const std::string_view topic : {"earshot/presence/", "earshot/presence", "earshot/presence/a/b"}) {
    EXPECT_EQ(client_id_of_presence_topic(topic), std::nullopt) << topic;
  }
}

TEST(MqttTopics, AnOperatorsCommandTellsWhoAndForWhom) {
  const std::string topic = operator_command_topic("ann", "aa:bb:cc:dd:ee:ff");
  const auto parsed = parse_operator_command_topic(topic);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->operator_name, "ann");
  EXPECT_EQ(parsed->device, "aa:bb:cc:dd:ee:ff");
  for (const std::string_view bad :
       {"earshot/operator//command/x", "earshot/operator/a/command/", "earshot/operator/a/b/command/x",
        "earshot/operator/a/command/x/y", "earshot/command/x", "earshot/operator/a"}) {
    EXPECT_FALSE(parse_operator_command_topic(bad).has_value()) << bad;
  }
  EXPECT_EQ(device_of_command_topic("earshot/command/x"), "x");
  EXPECT_FALSE(device_of_command_topic("earshot/command/x/y").has_value());
}

TEST(MqttTopics, AnswersGoOnlyBelowTheRepliesTopic) {
  EXPECT_TRUE(is_reply_topic("earshot/reply/ann/1"));
  for (const std::string_view bad : {"", "earshot/reply/", "earshot/reply", "earshot/operators",
                                     "devices/x/down", "earshot/reply/+", "earshot/reply/a/#"}) {
    EXPECT_FALSE(is_reply_topic(bad)) << bad;
  }
  EXPECT_FALSE(is_reply_topic("earshot/reply/" + std::string(300, 'x')));
}

}  // namespace
}  // namespace earshot::auth
