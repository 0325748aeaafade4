#include "worker/hearing/echo_guard.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

class EchoGuardTest : public testing::Test {
 protected:
  bool hears(double level_db, bool voiced = true) {
    now_ += 20ms;
    return guard_.is_user(level_db, voiced, now_);
  }
  // A reply whose loudest tenth is at -15 dBFS, and what the microphone hears of it.
  void reply(double heard_db, Milliseconds length = 3s, bool interrupted = false) {
    guard_.raise_reply(-15);
    guard_.begin(now_);
    for (Milliseconds played{0}; played < length; played += 20ms) hears(heard_db);
    guard_.end(now_, interrupted);
  }
  void wait(Milliseconds time) {
    for (Milliseconds waited{0}; waited < time; waited += 20ms) hears(-80, false);
  }

  SteadyTime now_{1h};
  EchoGuard guard_;
};

TEST_F(EchoGuardTest, BelievesTheDetectorWhileTheDeviceIsSilent) {
  EXPECT_TRUE(hears(-55));
  EXPECT_FALSE(hears(-20, false));
}

TEST_F(EchoGuardTest, TakesWhatTheReplyCanCauseForEcho) {
  guard_.begin(now_);
  guard_.raise_reply(-15);
  EXPECT_FALSE(hears(-35)) << "20 dB below the reply";
  EXPECT_FALSE(hears(-32));
  EXPECT_TRUE(hears(-30));
  EXPECT_FALSE(hears(-10, false)) << "a bang is no voice";
}

TEST_F(EchoGuardTest, FollowsTheLoudestPartOfTheReply) {
  guard_.begin(now_);
  guard_.raise_reply(-30);
  EXPECT_TRUE(hears(-40));
  guard_.raise_reply(-15);
  guard_.raise_reply(-25);
  EXPECT_FALSE(hears(-40));
}

TEST_F(EchoGuardTest, StaysForTheRestThatIsOnItsWay) {
  reply(-35);
  EXPECT_FALSE(hears(-35));
  wait(EchoGuard::kTail);
  EXPECT_TRUE(hears(-35));
  EXPECT_FALSE(guard_.on());
}

TEST_F(EchoGuardTest, ForgetsTheLevelOfTheLastReplyAndKeepsThatOfTheNext) {
  reply(-35);
  guard_.raise_reply(-30);  // is made before the last one has died away
  EXPECT_FALSE(hears(-40));
  wait(EchoGuard::kTail);
  guard_.begin(now_);
  EXPECT_TRUE(hears(-40));
  EXPECT_FALSE(hears(-50));
}

TEST_F(EchoGuardTest, LearnsThatTheDeviceCancelsWell) {
  for (int i = 0; i < 20; ++i) reply(-50);
  EXPECT_NEAR(guard_.loss_db(), 35, 0.1);
  for (int i = 0; i < 20; ++i) reply(-80);
  EXPECT_LE(guard_.loss_db(), 40);
}

TEST_F(EchoGuardTest, LearnsThatItCancelsBadlyWithinLimits) {
  reply(-31.5);
  EXPECT_NEAR(guard_.loss_db(), 17, 0.1) << "at most 3 dB a reply";
  for (int i = 0; i < 20; ++i) reply(-20);
  EXPECT_NEAR(guard_.loss_db(), 10, 0.1);
}

TEST_F(EchoGuardTest, LearnsNothingFromAnInterruptedOrAShortReply) {
  reply(-25, 3s, true);
  reply(-60, 500ms);
  EXPECT_DOUBLE_EQ(guard_.loss_db(), EchoGuard::kLeastLossDb);
}

TEST_F(EchoGuardTest, GoesOnFromALossThatWasLearntElsewhere) {
  guard_.go_on(30);
  EXPECT_EQ(guard_.loss_db(), 30);
  guard_.go_on(1000);
  EXPECT_EQ(guard_.loss_db(), 40) << "no more than can be learnt";
  guard_.go_on(1);
  EXPECT_EQ(guard_.loss_db(), 10);
}

}  // namespace
}  // namespace earshot::worker
