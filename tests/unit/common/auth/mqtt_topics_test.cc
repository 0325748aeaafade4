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

}  // namespace
}  // namespace earshot::auth
