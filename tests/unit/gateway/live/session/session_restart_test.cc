// A Session that comes from another gateway: what it leaves, and what is made of that.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionRestartTest : public SessionTest {
 protected:
  void checkpoint(const std::string& state) {
    ipc::Envelope envelope;
    envelope.mutable_session_checkpoint()->set_state(state);
    worker_says(envelope);
  }
  void open_kept(const std::string& mode = "auto") {
    session_->opened(WorkerLeg(port_, true), now_);
    now_ += 50ms;
    listen_start(mode);
    uplink();
    checkpoint("listening");
    port_.clear();
  }
  // In the middle of the second of three sentences.
  void speak() {
    checkpoint("answering");
    speech_start(4);
    for (std::uint32_t number = 1; number <= 3; ++number) {
      sentence(4, number, "Sentence " + std::to_string(number) + ".");
      frames(4, 20);
    }
    speech_end(4);
    run(2s);
  }
  void next_gateway() {
    SessionRemains before = session_->remains().value();
    before.checkpoint = session_->dialogue();
    const LegRemains leg = leg_->remains();
    sent_before_ = leg.downlink_reserved - kReservedDatagrams;
    make({.mcp = true});
    leg_->go_on_from(leg, 10s, now_);
    session_->go_on_from(before, now_);
    port_.clear();
  }
  ipc::SessionOpen request() { return session_->open_request().session_open(); }
  void a_worker_takes_it() { session_->opened(WorkerLeg(port_, true), now_); }

  std::uint32_t sent_before_ = 0;
};

TEST_F(SessionRestartTest, WithoutACheckpointNothingIsLeft) {
  EXPECT_FALSE(session_->remains());
  session_->opened(WorkerLeg(port_, true), now_);
  EXPECT_FALSE(session_->remains());
  checkpoint("one");
  EXPECT_TRUE(session_->remains());
  session_->forget_dialogue();
  EXPECT_FALSE(session_->remains());
}

TEST_F(SessionRestartTest, AsksForAWorkerWithTheCheckpoint) {
  open_kept();
  next_gateway();
  EXPECT_TRUE(session_->wants_worker());
  EXPECT_EQ(request().checkpoint(), "listening");
  EXPECT_EQ(request().moved().speech(), ipc::Moved::kNone);
  uplink();
  a_worker_takes_it();
  EXPECT_EQ(port_.worker_audio.size(), 1U) << "what came meanwhile";
  EXPECT_THAT(port_.device, IsEmpty()) << "it cannot be told anything yet";
}

TEST_F(SessionRestartTest, ADeviceThatIsThereAgainIsToldThatItListens) {
  open_kept();
  next_gateway();
  a_worker_takes_it();
  session_->presence(true, now_);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts stop"));
}

TEST_F(SessionRestartTest, InRealtimeItIsOnlyToldThatNobodySpeaks) {
  open_kept("realtime");
  next_gateway();
  a_worker_takes_it();
  session_->presence(true, now_);
  EXPECT_THAT(port_.device, ElementsAre("tts stop"));
}

TEST_F(SessionRestartTest, SpeechIsLeftFromTheSentenceThatPlays) {
  open_kept();
  speak();
  const SessionRemains left = session_->remains().value();
  EXPECT_EQ(left.spoken.speech(), ipc::Moved::kOpen);
  EXPECT_EQ(left.spoken.turn(), 4U);
  EXPECT_EQ(left.spoken.heard(), 2U);
  EXPECT_EQ(left.spoken.sentences(), 1U);
  EXPECT_THAT(left.spoken.said(), ElementsAre("Sentence 1."));
  next_gateway();
  EXPECT_EQ(request().moved().speech(), ipc::Moved::kOpen);
  EXPECT_THAT(request().moved().said(), ElementsAre("Sentence 1."));
  session_->presence(true, now_);
  a_worker_takes_it();
  sentence(4, 2, "Sentence 2.");
  frames(4, 2);
  speech_end(4);
  run(3s);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts sentence_start", "tts stop"));
  EXPECT_FALSE(session_->speaking());
}

TEST_F(SessionRestartTest, SpeechWaitsForTheDeviceAsLongAsItTakesToReconnect) {
  open_kept();
  speak();
  next_gateway();
  a_worker_takes_it();
  sentence(4, 2, "Sentence 2.");
  frames(4, 2);
  run(12s);
  EXPECT_THAT(port_.device, IsEmpty());
  session_->presence(true, now_);
  run(1s);
  EXPECT_FALSE(port_.device.empty());
}

TEST_F(SessionRestartTest, ADatagramNumberIsNeverUsedTwice) {
  open_kept();
  speak();
  next_gateway();
  a_worker_takes_it();
  session_->presence(true, now_);
  sentence(4, 2, "Sentence 2.");
  frames(4, 1);
  run(1s);
  ASSERT_FALSE(port_.datagrams.empty());
  const auto parsed = parse_audio_packet(port_.datagrams[0].second);
  EXPECT_EQ(parsed.packet.header.sequence, sent_before_ + kReservedDatagrams + 1);
  EXPECT_EQ(parsed.packet.header.timestamp, parsed.packet.header.sequence * 60);
  EXPECT_EQ(port_.datagrams[0].first, kDeviceAddress) << "it is sent to where the device was";
}

TEST_F(SessionRestartTest, DatagramsOfBeforeAreNotHeardAgain) {
  open_kept();
  for (int i = 0; i < 10; ++i) {
    now_ += 60ms;
    uplink();
  }
  const std::uint32_t latest = up_sequence_;
  next_gateway();
  a_worker_takes_it();
  port_.worker_audio.clear();
  up_sequence_ = latest - 1;
  uplink();
  EXPECT_THAT(port_.worker_audio, IsEmpty()) << "a copy of the last one";
  uplink();
  EXPECT_EQ(port_.worker_audio.size(), 1U);
}

TEST_F(SessionRestartTest, ADeviceThatIsGoneIsNotWaitedForForEver) {
  open_kept();
  next_gateway();
  a_worker_takes_it();
  run(21s);
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(port_.device, ::testing::Contains("goodbye"));
}

TEST_F(SessionRestartTest, AKeyThatMayHaveBeenLetGoIsNotWaitedFor) {
  open_kept("manual");
  next_gateway();
  session_->presence(true, now_);
  a_worker_takes_it();
  run(21s);
  EXPECT_FALSE(session_->over()) << "a device that is told to listen to a key is silent";
}

TEST_F(SessionRestartTest, ALongSentenceIsWrittenAnewBeforeItsNumbersAreUsedUp) {
  open_kept();
  speech_start(4);
  sentence(4, 1, "Long.");
  frames(4, 20);
  run(500ms);
  (void)session_->take_changed();
  std::uint32_t sent = 0;
  for (; sent < kReservedDatagrams && !session_->take_changed(); sent += 10) {
    frames(4, 10);
    run(600ms);
  }
  EXPECT_LE(sent, kReservedDatagrams / 2);
}

TEST_F(SessionRestartTest, TellsWhenItHasChanged) {
  open_kept();
  (void)session_->take_changed();
  EXPECT_FALSE(session_->take_changed());
  checkpoint("two");
  EXPECT_TRUE(session_->take_changed());
  speak();
  EXPECT_TRUE(session_->take_changed());
  run(50ms);
  uplink();
  EXPECT_FALSE(session_->take_changed()) << "a frame costs nothing";
}

}  // namespace
}  // namespace earshot::gateway
