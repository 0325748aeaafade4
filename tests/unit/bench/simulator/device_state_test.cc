#include "bench/simulator/device_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace earshot::simulator {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using enum Action;

constexpr SteadyTime kNow{seconds(100)};

// Idle -> Listening with the microphone on.
DeviceState listening(Mode mode) {
  DeviceState device(mode);
  device.press_button(kNow);
  device.server_hello(kNow);
  device.playback_drained();
  return device;
}

DeviceState speaking(Mode mode) {
  DeviceState device = listening(mode);
  if (mode == Mode::kManual) device.release_talk();
  device.tts_start();
  return device;
}

TEST(DeviceState, OpensATalkWithHelloAndListensWhenItIsAnswered) {
  DeviceState device(Mode::kAuto);
  EXPECT_THAT(device.press_button(kNow), ElementsAre(kSendHello));
  EXPECT_EQ(device.state(), State::kConnecting);
  EXPECT_THAT(device.server_hello(kNow), IsEmpty());
  EXPECT_EQ(device.state(), State::kListening);
  EXPECT_TRUE(device.wants_drained());
  EXPECT_THAT(device.playback_drained(), ElementsAre(kSendListenStart, kMicrophoneOn));
  EXPECT_THAT(device.playback_drained(), IsEmpty());
}

TEST(DeviceState, GoesIdleWithAnAlertWhenNoHelloComes) {
  DeviceState device(Mode::kAuto);
  device.press_button(kNow);
  EXPECT_THAT(device.hello_failed(), ElementsAre(kShowAlert));
  EXPECT_EQ(device.state(), State::kIdle);
  EXPECT_FALSE(device.channel_open(kNow));
}

TEST(DeviceState, RefusesToSpeakWhileConnecting) {
  DeviceState device(Mode::kAuto);
  device.press_button(kNow);
  EXPECT_THAT(device.tts_start(), IsEmpty());
  EXPECT_EQ(device.state(), State::kConnecting);
  EXPECT_EQ(device.refused_moves(), 1U);
}

TEST(DeviceState, SpeaksFromIdle) {
  DeviceState device(Mode::kManual);
  EXPECT_THAT(device.tts_start(), ElementsAre(kFlushPlayback));
  EXPECT_EQ(device.state(), State::kSpeaking);
}

TEST(DeviceState, AutoModeSwitchesTheMicrophoneOffToSpeakAndFlushesTheQueue) {
  DeviceState device = listening(Mode::kAuto);
  EXPECT_THAT(device.tts_start(), ElementsAre(kMicrophoneOff, kFlushPlayback));
  EXPECT_THAT(device.tts_start(), IsEmpty());
}

TEST(DeviceState, AutoModeSendsANewListenStartAfterThePlaybackHasDrained) {
  DeviceState device = speaking(Mode::kAuto);
  EXPECT_THAT(device.tts_stop(), IsEmpty());
  EXPECT_EQ(device.state(), State::kListening);
  EXPECT_THAT(device.playback_drained(), ElementsAre(kSendListenStart, kMicrophoneOn));
}

TEST(DeviceState, AutoModeForgetsTheListenStartWhenSpeechBeginsBeforeTheDrain) {
  DeviceState device = speaking(Mode::kAuto);
  device.tts_stop();
  device.tts_start();
  EXPECT_FALSE(device.wants_drained());
  EXPECT_THAT(device.playback_drained(), IsEmpty());
}

TEST(DeviceState, RealtimeModeKeepsTheMicrophoneOnAndSendsOneListenStart) {
  DeviceState device(Mode::kRealtime);
  device.press_button(kNow);
  EXPECT_THAT(device.server_hello(kNow), ElementsAre(kSendListenStart, kMicrophoneOn));
  EXPECT_THAT(device.tts_start(), ElementsAre(kFlushPlayback));
  EXPECT_THAT(device.tts_stop(), IsEmpty());
  EXPECT_EQ(device.state(), State::kListening);
  EXPECT_FALSE(device.wants_drained());
}

TEST(DeviceState, ManualModeIsIdleWhileItWaitsAndAfterTheAnswer) {
  DeviceState device(Mode::kManual);
  EXPECT_THAT(device.press_talk(kNow), ElementsAre(kSendHello));
  EXPECT_THAT(device.server_hello(kNow), ElementsAre(kSendListenStart, kMicrophoneOn));
  EXPECT_THAT(device.release_talk(), ElementsAre(kSendListenStop, kMicrophoneOff));
  EXPECT_EQ(device.state(), State::kIdle);
  EXPECT_THAT(device.tts_start(), ElementsAre(kFlushPlayback));
  EXPECT_THAT(device.tts_stop(), IsEmpty());
  EXPECT_EQ(device.state(), State::kIdle);
  EXPECT_THAT(device.press_talk(kNow), ElementsAre(kSendListenStart, kMicrophoneOn));
}

TEST(DeviceState, ATalkKeyReleasedDuringSpeechSendsNothing) {
  DeviceState device(Mode::kManual);
  device.press_talk(kNow);
  device.server_hello(kNow);
  device.tts_start();
  EXPECT_THAT(device.release_talk(), IsEmpty());
  EXPECT_EQ(device.state(), State::kSpeaking);
}

TEST(DeviceState, AButtonDuringSpeechAbortsAndStaysSpeakingUntilStop) {
  DeviceState device = speaking(Mode::kAuto);
  EXPECT_THAT(device.press_button(kNow), ElementsAre(kSendAbort));
  EXPECT_EQ(device.state(), State::kSpeaking);
  device.tts_stop();
  EXPECT_EQ(device.state(), State::kListening);
}

TEST(DeviceState, ATalkKeyDuringSpeechAbortsFlushesAndListensAtOnce) {
  DeviceState device = speaking(Mode::kManual);
  EXPECT_THAT(device.press_talk(kNow),
              ElementsAre(kSendAbort, kFlushPlayback, kSendListenStart, kMicrophoneOn));
  EXPECT_EQ(device.state(), State::kListening);
}

TEST(DeviceState, AWakeWordDuringSpeechLetsAutoModePlayOut) {
  DeviceState device = speaking(Mode::kAuto);
  EXPECT_THAT(device.hear_wake_word(kNow), ElementsAre(kSendAbortWakeWord, kClearSendQueue));
  EXPECT_EQ(device.state(), State::kListening);
  EXPECT_THAT(device.playback_drained(), ElementsAre(kSendListenStart, kMicrophoneOn));
}

TEST(DeviceState, AWakeWordDuringSpeechListensAtOnceInRealtimeMode) {
  DeviceState device = speaking(Mode::kRealtime);
  EXPECT_THAT(device.hear_wake_word(kNow),
              ElementsAre(kSendAbortWakeWord, kClearSendQueue, kFlushPlayback, kSendListenStart));
}

TEST(DeviceState, AWakeWordFromIdleIsUploadedBeforeListenStart) {
  DeviceState device(Mode::kRealtime);
  EXPECT_THAT(device.hear_wake_word(kNow), ElementsAre(kSendHello));
  EXPECT_THAT(device.server_hello(kNow), ElementsAre(kSendWakeWord, kSendListenStart, kMicrophoneOn));
}

TEST(DeviceState, AWakeWordWithAnOpenChannelNeedsNoHello) {
  DeviceState device(Mode::kManual);
  device.press_talk(kNow);
  device.server_hello(kNow);
  device.release_talk();
  EXPECT_THAT(device.hear_wake_word(kNow), ElementsAre(kSendWakeWord, kSendListenStart, kMicrophoneOn));
}

TEST(DeviceState, AButtonDuringListeningHangsUp) {
  DeviceState device = listening(Mode::kAuto);
  EXPECT_THAT(device.press_button(kNow), ElementsAre(kCloseUdp, kSendGoodbye, kMicrophoneOff));
  EXPECT_EQ(device.state(), State::kIdle);
  EXPECT_FALSE(device.has_channel());
}

TEST(DeviceState, AServerGoodbyeWorksInEveryStateAndIsNotAnswered) {
  for (DeviceState device : {listening(Mode::kAuto), speaking(Mode::kAuto), speaking(Mode::kRealtime)}) {
    const Actions actions = device.server_goodbye();
    EXPECT_THAT(actions, testing::Not(testing::Contains(kSendGoodbye)));
    EXPECT_THAT(actions, testing::Contains(kCloseUdp));
    EXPECT_EQ(device.state(), State::kIdle);
    EXPECT_FALSE(device.has_channel());
  }
}

TEST(DeviceState, AChannelSilentFor120SecondsIsReplacedWithoutGoodbyeAtTheNextPress) {
  DeviceState device(Mode::kManual);
  device.press_talk(kNow);
  device.server_hello(kNow);
  device.release_talk();
  EXPECT_TRUE(device.channel_open(kNow + seconds(120)));
  device.heard(kNow + seconds(50));
  EXPECT_TRUE(device.channel_open(kNow + seconds(170)));
  EXPECT_FALSE(device.channel_open(kNow + seconds(171)));
  EXPECT_TRUE(device.has_channel());
  EXPECT_THAT(device.press_talk(kNow + seconds(171)), ElementsAre(kCloseUdp, kSendHello));
}

TEST(DeviceState, AFailedPublishEndsTheTalk) {
  DeviceState device = listening(Mode::kRealtime);
  EXPECT_THAT(device.publish_failed(), ElementsAre(kShowAlert, kCloseUdp, kMicrophoneOff));
  EXPECT_EQ(device.state(), State::kIdle);
  EXPECT_FALSE(device.channel_open(kNow));
}

TEST(DeviceState, ShutsDownFromIdleWithGoodbyeOnlyIfThereIsAChannel) {
  DeviceState never(Mode::kManual);
  EXPECT_THAT(never.shut_down(), IsEmpty());
  DeviceState device(Mode::kManual);
  device.press_talk(kNow);
  device.server_hello(kNow);
  device.release_talk();
  EXPECT_THAT(device.shut_down(), ElementsAre(kCloseUdp, kSendGoodbye));
}

TEST(DeviceState, ASpeakRequestOpensTheChannelAndWaitsForSpeech) {
  DeviceState device(Mode::kAuto);
  EXPECT_THAT(device.speak_requested(kNow), ElementsAre(kSendHello));
  EXPECT_EQ(device.state(), State::kConnecting);
  EXPECT_THAT(device.server_hello(kNow), ElementsAre(kSendNatPacket, kFlushPlayback, kSendSpeakReady));
  EXPECT_EQ(device.state(), State::kSpeaking);
  EXPECT_THAT(device.tts_start(), IsEmpty());
  EXPECT_THAT(device.tts_stop(), IsEmpty());
  EXPECT_EQ(device.state(), State::kListening);
  EXPECT_TRUE(device.wants_drained());
}

TEST(DeviceState, ASpeakRequestMeansNothingInATalk) {
  DeviceState device = listening(Mode::kAuto);
  EXPECT_THAT(device.speak_requested(kNow), IsEmpty());
  EXPECT_EQ(device.state(), State::kListening);
}

TEST(DeviceState, ASpeakRequestThatFailedIsForgotten) {
  DeviceState device(Mode::kAuto);
  device.speak_requested(kNow);
  device.hello_failed();
  device.press_button(kNow);
  device.server_hello(kNow);
  EXPECT_EQ(device.state(), State::kListening);
}

TEST(DeviceState, ASpontaneousHelloDoesNotMoveTheState) {
  DeviceState device = speaking(Mode::kAuto);
  EXPECT_THAT(device.server_hello(kNow), IsEmpty());
  EXPECT_EQ(device.state(), State::kSpeaking);
}

TEST(DeviceState, IsNotifiedInIdleOnlyAndIdleAfterwards) {
  DeviceState device(Mode::kAuto);
  EXPECT_THAT(device.notified(), IsEmpty());
  EXPECT_EQ(device.state(), State::kNotifying);
  EXPECT_THAT(device.tts_start(), IsEmpty());
  EXPECT_EQ(device.state(), State::kNotifying);
  device.notice_over();
  EXPECT_EQ(device.state(), State::kIdle);

  DeviceState busy = listening(Mode::kAuto);
  busy.notified();
  EXPECT_EQ(busy.state(), State::kListening);
  busy.notice_over();
  EXPECT_EQ(busy.state(), State::kListening);
}

}  // namespace
}  // namespace earshot::simulator
