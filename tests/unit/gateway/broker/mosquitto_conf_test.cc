#include "gateway/broker/mosquitto_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::broker {
namespace {

using testing::HasSubstr;
using testing::Not;

const ConfFiles kFiles{.device_key = "/run/x y/device.key", .gateway_password = "/run/x y/gateway.password"};

BrokerSettings settings() {
  BrokerSettings settings;
  settings.plugin = "/opt/earshot/earshot_broker.so";
  settings.max_connections = 50;
  return settings;
}

TEST(MosquittoConfTest, IsPrivateAndBounded) {
  const auto conf = mosquitto_conf(settings(), kFiles, false);
  ASSERT_TRUE(conf.ok());
  for (const char* line :
       {"\nallow_anonymous false\n", "\nper_listener_settings false\n", "\npersistence false\n",
        "\nmax_packet_size 135168\n", "\nset_tcp_nodelay true\n",
        "\nlistener 1883 127.0.0.1\nmax_connections 50\n", "\nplugin /opt/earshot/earshot_broker.so\n",
        "\nplugin_opt_device_key_file /run/x y/device.key\n", "\nplugin_opt_gateway_user earshot-gateway\n",
        "\nplugin_opt_gateway_password_file /run/x y/gateway.password\n"}) {
    EXPECT_THAT(*conf, HasSubstr(line));
  }
}

TEST(MosquittoConfTest, NamesRootOnlyWhenItIsRoot) {
  EXPECT_THAT(*mosquitto_conf(settings(), kFiles, true), HasSubstr("\nuser root\n"));
  EXPECT_THAT(*mosquitto_conf(settings(), kFiles, false), Not(HasSubstr("user root")));
}

TEST(MosquittoConfTest, HoldsNoSecret) {
  BrokerSettings with_secrets = settings();
  with_secrets.device_key = Secret("s3cret-key");
  with_secrets.gateway_password = Secret("s3cret-password");
  EXPECT_THAT(*mosquitto_conf(with_secrets, kFiles, false), Not(HasSubstr("s3cret")));
}

TEST(MosquittoConfTest, ListensOnEveryAddress) {
  BrokerSettings many = settings();
  many.listeners = {{"127.0.0.1", 1883}, {"::1", 1884}};
  const auto conf = mosquitto_conf(many, kFiles, false);
  EXPECT_THAT(*conf, HasSubstr("listener 1883 127.0.0.1\n"));
  EXPECT_THAT(*conf, HasSubstr("listener 1884 ::1\n"));
}

TEST(MosquittoConfTest, RefusesValuesThatWouldAddLines) {
  BrokerSettings no_listener = settings();
  no_listener.listeners.clear();
  BrokerSettings bad_plugin = settings();
  bad_plugin.plugin = "/a\nallow_anonymous true";
  BrokerSettings bad_user = settings();
  bad_user.gateway_user = "x\nallow_anonymous true";
  BrokerSettings bad_address = settings();
  bad_address.listeners = {{"127.0.0.1\nallow_anonymous true", 1}};
  for (const auto& bad : {no_listener, bad_plugin, bad_user, bad_address}) {
    EXPECT_FALSE(mosquitto_conf(bad, kFiles, false).ok());
  }
  const ConfFiles bad_file{.device_key = "/a\nb", .gateway_password = "/c"};
  EXPECT_FALSE(mosquitto_conf(settings(), bad_file, false).ok());
}

}  // namespace
}  // namespace earshot::broker
