#include "worker/echo/echo_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace earshot::worker {
namespace {

class EchoEngineTest : public ::testing::Test {
 protected:
  void open(std::uint32_t session) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_session_open();
    engine_.on_envelope(envelope);
  }
  void listen(std::uint32_t session, ipc::Listen::Mode mode) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_listen()->set_mode(mode);
    engine_.on_envelope(envelope);
  }
  void hear(std::uint32_t session, const std::string& opus) {
    ipc::Envelope up;
    up.set_session(session);
    up.mutable_audio_up()->set_opus(opus);
    engine_.on_envelope(up);
  }
  void type(std::uint32_t session, const std::string& text) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_listen()->set_state(ipc::Listen::kDetect);
    envelope.mutable_listen()->set_text(text);
    engine_.on_envelope(envelope);
  }

  std::vector<ipc::Envelope> control_;
  std::vector<ipc::Envelope> audio_;
  EchoEngine engine_{{.control = [this](const ipc::Envelope& e) { control_.push_back(e); },
                      .audio = [this](const ipc::Envelope& e) { audio_.push_back(e); }}};
};

TEST_F(EchoEngineTest, AcceptsEverySessionUntilItIsClosed) {
  open(7);
  ASSERT_EQ(control_.size(), 1U);
  EXPECT_TRUE(control_[0].has_session_opened());
  EXPECT_EQ(control_[0].session(), 7U);
  EXPECT_EQ(engine_.sessions(), 1U);

  ipc::Envelope close;
  close.set_session(7);
  close.mutable_session_close();
  engine_.on_envelope(close);
  EXPECT_EQ(engine_.sessions(), 0U);
}

TEST_F(EchoEngineTest, ReturnsEachFrameLiveAndUntouchedInRealtimeMode) {
  const std::string opus("\x58 any bytes", 11);
  open(7);
  listen(7, ipc::Listen::kAuto);
  hear(7, opus);
  EXPECT_TRUE(audio_.empty());

  listen(7, ipc::Listen::kRealtime);
  hear(7, opus);
  hear(8, opus);  // of no session
  ASSERT_EQ(audio_.size(), 1U);
  EXPECT_EQ(audio_[0].session(), 7U);
  EXPECT_TRUE(audio_[0].audio_down().live());
  EXPECT_EQ(audio_[0].audio_down().opus(), opus);
}

TEST_F(EchoEngineTest, SaysWhatItIsToldInTurnsThatCountUp) {
  open(7);
  type(7, "say 3 20");
  type(7, "say 1 5");
  ASSERT_EQ(audio_.size(), 4U);
  for (int i = 0; i < 3; ++i) {
    const auto& frame = audio_[static_cast<std::size_t>(i)].audio_down();
    EXPECT_FALSE(frame.live());
    EXPECT_EQ(frame.turn(), 1U);
    ASSERT_EQ(frame.opus().size(), 20U);
    EXPECT_EQ(frame.opus()[4], i);
  }
  EXPECT_EQ(audio_[3].audio_down().turn(), 2U);
  ASSERT_EQ(control_.size(), 5U);
  EXPECT_TRUE(control_[1].has_speech_start());
  EXPECT_TRUE(control_[2].has_speech_end());
}

TEST_F(EchoEngineTest, IgnoresOrdersThatMakeNoSense) {
  open(7);
  for (const char* text :
       {"", "say", "say 0 20", "say 1001 20", "say 3 4", "say 3 1277", "say 3 20 1", "say x"}) {
    type(7, text);
  }
  type(8, "say 3 20");  // of no session
  EXPECT_TRUE(audio_.empty());
}

}  // namespace
}  // namespace earshot::worker
