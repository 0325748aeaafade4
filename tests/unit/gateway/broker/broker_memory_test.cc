// What messages leave behind in the real mosquitto: nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "common/auth/mqtt_topics.h"
#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

class BrokerMemoryTest : public BrokerFixture, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    BrokerFixture::SetUp();
    start_broker();
  }
  std::size_t resident_bytes() const {
    std::ifstream file("/proc/" + std::to_string(broker_->pid()) + "/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  }
  // Connections of their own for few messages each, so that no limit of one client is met.
  void publish(int clients) {
    constexpr int kEach = 250;
    for (int i = 0; i < clients; ++i) {
      const auto device = DeviceId::parse("02:00:00:00:00:01");
      const auto made = auth::make_credentials(*device, "", "b" + std::to_string(next_++), kDeviceKey);
      auto client = open();
      ASSERT_EQ(client.login(login_of(made)), 0);
      const std::string topic =
          GetParam() == std::string("up") ? auth::up_topic(made.client_id.text) : GetParam();
      for (int k = 0; k < kEach; ++k) ASSERT_TRUE(client.publish(topic, "x"));
      ASSERT_TRUE(client.ping());
      client.disconnect();
    }
  }

  int next_ = 0;
};

// 100,000 messages: 30 bytes of each would be 3 MB.
TEST_P(BrokerMemoryTest, StaysTheSameHoweverManyMessagesCome) {
  constexpr std::size_t kNoise = 1'000'000;
  publish(100);
  const std::size_t before = resident_bytes();
  ASSERT_GT(before, 0U);
  publish(400);
  EXPECT_LT(resident_bytes(), before + kNoise);
}

INSTANTIATE_TEST_SUITE_P(Topics, BrokerMemoryTest,
                         testing::Values("up", "device-server", "devices/p2p/02:00:00:00:00:01"));

}  // namespace
}  // namespace earshot::broker
