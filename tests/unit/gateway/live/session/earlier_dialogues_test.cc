// What is kept of sessions that ended, and its bounds.
#include "gateway/live/session/earlier_dialogues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr Milliseconds kWithin{1000};

DeviceId kept_device(int number) {
  return *DeviceId::parse("02:00:00:00:00:" + std::to_string(10 + number));
}

class EarlierDialoguesTest : public ::testing::Test {
 protected:
  std::vector<DeviceId> keep(int device, const std::string& checkpoint, const std::string& agent = "") {
    return earlier_.keep(
        {.device = kept_device(device), .agent = agent, .checkpoint = checkpoint, .ended = now_});
  }
  std::string take(int device, const std::string& agent = "") {
    const auto taken = earlier_.take(kept_device(device), agent, kWithin, now_);
    return taken ? taken->checkpoint : "nothing";
  }

  SteadyTime now_{1h};
  EarlierDialogues earlier_{{.dialogues = 3, .bytes = 100}};
};

TEST_F(EarlierDialoguesTest, GivesOnceWhatADeviceSaidLast) {
  keep(1, "first");
  keep(2, "other");
  keep(1, "second");
  EXPECT_EQ(take(1), "second");
  EXPECT_EQ(take(1), "nothing");
  EXPECT_EQ(take(2), "other");
  EXPECT_EQ(earlier_.bytes(), 0U);
}

TEST_F(EarlierDialoguesTest, WhatIsTooOldIsNotGivenAndIsForgotten) {
  keep(1, "one");
  now_ += 500ms;
  keep(2, "two");
  EXPECT_EQ(earlier_.next_deadline(kWithin), SteadyTime{1h} + kWithin);
  now_ += 500ms;
  EXPECT_THAT(earlier_.expire(kWithin, now_), ElementsAre(kept_device(1)));
  EXPECT_EQ(earlier_.size(), 1U);
  now_ += 499ms;
  EXPECT_EQ(take(2), "two");
  keep(2, "two");
  now_ += 1000ms;
  EXPECT_EQ(take(2), "nothing");
}

TEST_F(EarlierDialoguesTest, AnotherAgentHearsNothingOfIt) {
  keep(1, "said to the pirate", "pirate");
  EXPECT_EQ(take(1, "teacher"), "nothing");
  EXPECT_EQ(take(1, "pirate"), "nothing") << "it is forgotten";
}

TEST_F(EarlierDialoguesTest, TheOldestGoWhenThereAreTooMany) {
  for (int device = 1; device <= 3; ++device) EXPECT_THAT(keep(device, "x"), ElementsAre());
  EXPECT_THAT(keep(4, "x"), ElementsAre(kept_device(1))) << "it is told whose, so that its file goes, too";
  EXPECT_EQ(take(1), "nothing");
  EXPECT_EQ(take(2), "x");
  EXPECT_EQ(take(4), "x");
}

TEST_F(EarlierDialoguesTest, TheOldestGoWhenThereIsNoRoom) {
  keep(1, std::string(60, 'a'));
  keep(2, std::string(30, 'b'));
  keep(3, std::string(40, 'c'));
  EXPECT_EQ(take(1), "nothing");
  EXPECT_EQ(take(2), std::string(30, 'b'));
  keep(4, std::string(101, 'd'));
  EXPECT_EQ(take(4), "nothing") << "there is no room for it at all";
  EXPECT_EQ(take(3), std::string(40, 'c'));
}

TEST_F(EarlierDialoguesTest, NothingToKeepForgetsWhatWasKept) {
  keep(1, "one");
  keep(1, "");
  EXPECT_EQ(take(1), "nothing");
  EXPECT_FALSE(earlier_.forget(kept_device(1)));
}

}  // namespace
}  // namespace earshot::gateway
