// What messages leave behind in the real mosquitto: nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "common/auth/mqtt_topics.h"
#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

// Where a device publishes, given its client id and its address.
struct Topic {
  const char* name;
  std::string (*of)(const auth::ClientId&);
};

class BrokerMemoryTest : public BrokerFixture, public testing::WithParamInterface<Topic> {
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
  // Devices of their own for few messages each, so that no budget of one device is met.
  void publish(int clients) {
    constexpr int kEach = 250;
    for (int i = 0; i < clients; ++i) {
      const std::array<std::uint8_t, 2> number{static_cast<std::uint8_t>(next_ >> 8),
                                               static_cast<std::uint8_t>(next_ & 0xff)};
      ++next_;
      const std::string mac = "02:00:00:00:" + to_hex(number).insert(2, ":");
      const auto made = auth::make_credentials(DeviceId::parse(mac).value(), "", "b", kDeviceKey);
      auto client = open();
      ASSERT_EQ(client.login(login_of(made)), 0);
      const std::string topic = GetParam().of(made.client_id);
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

INSTANTIATE_TEST_SUITE_P(
    Topics, BrokerMemoryTest,
    testing::Values(Topic{"Up", [](const auth::ClientId& client) { return auth::up_topic(client.text); }},
                    Topic{"DeviceServer", [](const auth::ClientId&) { return std::string("device-server"); }},
                    Topic{
                        "PeerToPeer",
                        [](const auth::ClientId& client) { return "devices/p2p/" + client.device.text(); }}),
    [](const auto& topic) { return std::string(topic.param.name); });

}  // namespace
}  // namespace earshot::broker
