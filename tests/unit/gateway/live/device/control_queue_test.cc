#include "gateway/live/device/control_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::gateway {
namespace {

using testing::ElementsAre;

auth::ClientId client(int number, const std::string& board = "b") {
  const std::string mac = "02_00_00_00_00_" + std::to_string(10 + number);
  return *auth::parse_client_id("GID_" + board + "@@@" + mac + "@@@" + mac);
}

class ControlQueueTest : public testing::Test {
 protected:
  void says(int device, const std::string& payload) {
    queue_.push({.from = client(device), .payload = payload, .received = {}});
  }
  void is_there(int device, bool online, const std::string& board = "b") {
    queue_.push({.from = client(device, board), .payload = {}, .received = {}, .online = online});
  }
  std::vector<std::string> take(std::size_t most = 10'000) {
    std::vector<std::string> all;
    while (all.size() < most) {
      const auto item = queue_.pop();
      if (!item) break;
      all.push_back(item->online ? (*item->online ? "came" : "left") : item->payload);
    }
    return all;
  }
  ControlQueue queue_;
};

TEST_F(ControlQueueTest, DevicesAreServedInTurnAndEachInItsOrder) {
  for (const char* text : {"a1", "a2", "a3"}) says(1, text);
  says(2, "b1");
  says(3, "c1");
  says(2, "b2");
  EXPECT_THAT(take(), ElementsAre("a1", "b1", "c1", "a2", "b2", "a3"));
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.bytes(), 0U);
}

TEST_F(ControlQueueTest, AFlooderDropsOnlyItsOwn) {
  for (int i = 0; i < 100'000; ++i) says(1, "flood");
  says(2, "hello");
  EXPECT_EQ(queue_.dropped(), 100'000U - ControlQueue::kMaxMessages);
  EXPECT_THAT(take(2), ElementsAre("flood", "hello")) << "one message of his is before it";
  EXPECT_EQ(take().size(), ControlQueue::kMaxMessages - 1);
}

TEST_F(ControlQueueTest, LargeMessagesOfOneDeviceAreBoundedInBytes) {
  for (int i = 0; i < 100; ++i) says(1, std::string(60'000, 'x'));
  EXPECT_LE(queue_.bytes(), ControlQueue::kMaxBytes);
  says(2, std::string(60'000, 'y'));
  EXPECT_EQ(queue_.dropped(), 96U);
}

TEST_F(ControlQueueTest, WhetherADeviceIsThereIsTheNewestNewsAndIsNotLost) {
  for (int i = 0; i < 1000; ++i) is_there(1, i % 2 == 0);
  EXPECT_THAT(take(), ElementsAre("left"));
  for (int i = 0; i < 1000; ++i) says(1, "flood");
  is_there(1, false);
  const auto all = take();
  EXPECT_EQ(all.size(), ControlQueue::kMaxMessages);
  EXPECT_EQ(all.back(), "left");
  is_there(1, false, "one");
  is_there(1, true, "two");
  EXPECT_THAT(take(), ElementsAre("left", "came")) << "another connection's news replaces nothing";
}

TEST_F(ControlQueueTest, AllDevicesTogetherAreBounded) {
  for (int device = 0; device < 90; ++device) {
    for (int i = 0; i < 20; ++i) says(device, std::string(120'000, 'x'));
  }
  EXPECT_LE(queue_.bytes(), 90 * ControlQueue::kMaxBytes);
  EXPECT_LE(queue_.bytes(), ControlQueue::kMaxAllBytes);
}

}  // namespace
}  // namespace earshot::gateway
