// A session whose device loses its connection to the broker, and has it again.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(SessionTest, TellsTheWorkerThatTheDeviceWentAwayAndCameBack) {
  session_->presence(false, now_);
  EXPECT_THAT(port_.worker, IsEmpty()) << "no worker yet";
  open();
  session_->presence(true, now_);
  EXPECT_THAT(port_.worker, IsEmpty()) << "it never was away";
  session_->presence(false, now_);
  session_->presence(false, now_);
  session_->presence(true, now_);
  ASSERT_EQ(port_.worker.size(), 2U);
  EXPECT_FALSE(port_.worker[0].device_link().online());
  EXPECT_TRUE(port_.worker[1].device_link().online());
  EXPECT_EQ(counted(SessionEvent::kDeviceAway), 1U);
}

TEST_F(SessionTest, SpeechWaitsForADeviceThatIsAwayButNotForLong) {
  open();
  session_->presence(false, now_);
  port_.clear();
  speech_start(1);
  frames(1, 3);
  speech_end(1);
  run(1s);
  EXPECT_THAT(port_.device, IsEmpty());
  session_->presence(true, now_);
  run(2s);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts stop"));
  EXPECT_EQ(port_.datagrams.size(), 3U);

  session_->presence(false, now_);
  port_.clear();
  speech_start(2);
  frames(2, 3);
  run(4s);
  EXPECT_THAT(port_.device, IsEmpty());
  run(2s);
  EXPECT_EQ(port_.datagrams.size(), 3U);
}

TEST_F(SessionTest, ATurnThatTheDeviceMayHaveMissedIsToldAgainUntilItListens) {
  open();
  speech_start(1);
  frames(1, 3);
  speech_end(1);
  run(10ms);
  session_->presence(false, now_);
  run(2s);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts stop"));
  port_.clear();
  session_->presence(true, now_);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts stop"));
  listen_start("auto");
  port_.clear();
  session_->presence(false, now_);
  session_->presence(true, now_);
  EXPECT_THAT(port_.device, IsEmpty()) << "it has missed nothing";
}

TEST_F(SessionTest, ADeviceThatComesBackWhileItSpeaksIsToldSo) {
  open();
  speech_start(1);
  frames(1, 50);
  run(500ms);
  port_.clear();
  session_->presence(true, now_);  // the broker took the new connection before it missed the old one
  EXPECT_THAT(port_.device, ElementsAre("tts start"));
}

// It hears in Speaking too, so it need not begin to listen; but what its button means depends on it.
TEST_F(SessionTest, InRealtimeTheEndIsToldAgain) {
  open("realtime");
  speech_start(1);
  frames(1, 3);
  speech_end(1);
  run(2s);
  port_.clear();
  session_->presence(true, now_);
  EXPECT_THAT(port_.device, ElementsAre("tts stop"));
}

}  // namespace
}  // namespace earshot::gateway
