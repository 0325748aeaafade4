// Which line is a device's, and what waits for one.
#include "gateway/live/device/line_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/live/device/early_orders.h"
#include "tests/unit/gateway/live/device/recording_wire.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

auth::ClientId table_client(const std::string& group = "GID_test") {
  return *auth::parse_client_id(group + "@@@02_00_00_00_00_01@@@36c98363-3656-43cb-a00f-8bced2391a90");
}

class LineTableTest : public ::testing::Test {
 protected:
  LineTable::Line line(const auth::ClientId& client) {
    return std::make_shared<DeviceLine>(std::make_shared<RecordingWire>(client), tools_, 1);
  }

  const DeviceId device_ = table_client().device;
  ShardTools tools_;
  LineTable table_;
};

TEST_F(LineTableTest, TheLineThatCameLastIsTheDevices) {
  const auto mqtt = line(table_client());
  const auto socket = line(auth::websocket_client(table_client()));
  EXPECT_EQ(table_.put(mqtt), nullptr);
  EXPECT_EQ(table_.put(socket), nullptr) << "another wire takes no place";
  EXPECT_EQ(table_.find(device_), socket);
  EXPECT_EQ(table_.find(mqtt->client()), mqtt);
  EXPECT_EQ(table_.find(socket->client()), socket);
  table_.remove(*socket);
  EXPECT_EQ(table_.find(device_), mqtt);
  table_.remove(*mqtt);
  EXPECT_EQ(table_.find(device_), nullptr);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(LineTableTest, ANewLineOfAWireTakesThePlaceAndTheOldOneTakesNothingBack) {
  const auto before = line(table_client());
  const auto now = line(table_client("GID_other"));
  table_.put(before);
  EXPECT_EQ(table_.put(now), before);
  EXPECT_EQ(table_.find(before->client()), nullptr);
  table_.remove(*before);
  EXPECT_EQ(table_.find(device_), now);
}

TEST_F(LineTableTest, TellsWhoseDeadlineHasComeAndForgetsThoseThatAreGone) {
  const SteadyTime now{1h};
  const auto one = line(table_client());
  table_.put(one);
  one->order(
      CallTool{.tool = "a", .arguments = {}, .timeout = 5s}, [](const OrderOutcome&) {}, now);
  table_.note_deadline(*one);
  EXPECT_EQ(table_.next_deadline(), now + 5s);
  EXPECT_EQ(table_.pop_due(now + 4s), nullptr);
  EXPECT_EQ(table_.pop_due(now + 5s), one.get());
  EXPECT_EQ(table_.pop_due(now + 5s), nullptr);
  table_.note_deadline(*one);
  table_.remove(*one);
  EXPECT_EQ(table_.next_deadline(), std::nullopt);
  table_.note_deadline(*one);
  EXPECT_EQ(table_.next_deadline(), std::nullopt) << "nobody owns it here";
}

class EarlyOrdersTest : public ::testing::Test {
 protected:
  void add(const DeviceId& device, const std::string& name) {
    early_.add(
        device, SendMessage{.json = name},
        [this, name](const OrderOutcome& outcome) {
          told_.push_back(name + (outcome ? " done" : " " + outcome.error().message));
        },
        now_);
  }
  const DeviceId one_ = *DeviceId::parse("02:00:00:00:00:01");
  const DeviceId two_ = *DeviceId::parse("02:00:00:00:00:02");
  SteadyTime now_{1h};
  EarlyOrders early_;
  std::vector<std::string> told_;
};

TEST_F(EarlyOrdersTest, GoToTheLineInTheOrderGiven) {
  add(one_, "a");
  add(two_, "b");
  add(one_, "c");
  const auto taken = early_.take(one_);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(std::get<SendMessage>(taken[0].order).json, "a");
  EXPECT_EQ(std::get<SendMessage>(taken[1].order).json, "c");
  EXPECT_EQ(early_.take(two_).size(), 1U);
  EXPECT_EQ(early_.next_deadline(), std::nullopt);
}

TEST_F(EarlyOrdersTest, ADeviceThatDoesNotComeIsAway) {
  add(one_, "a");
  EXPECT_EQ(early_.next_deadline(), now_ + EarlyOrders::kPatience);
  early_.tick(now_ + EarlyOrders::kPatience);
  EXPECT_THAT(told_, ElementsAre("a the device went offline"));
}

TEST_F(EarlyOrdersTest, AreBounded) {
  for (std::size_t i = 0; i <= EarlyOrders::kMaxWaiting; ++i) add(one_, "a");
  EXPECT_THAT(told_, ElementsAre("a the device went offline"));
}

}  // namespace
}  // namespace earshot::gateway
