// How a conversation hears a device that leaves its echo to us.
#include <algorithm>
#include <memory>

#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

// Counts what it is asked to cancel, and hears nothing then.
class Silencer final : public EchoCanceller {
 public:
  explicit Silencer(int& pieces) : pieces_(pieces) {}
  void cancel(std::span<const std::int16_t>, std::span<std::int16_t> heard) override {
    ++pieces_;
    std::ranges::fill(heard, std::int16_t{0});
  }

 private:
  int& pieces_;
};

TEST_F(ConversationTest, ADeviceThatLeavesItsEchoIsGivenWhatItPlaysByItsTimestamps) {
  int pieces = 0;
  make_echo_canceller = [&pieces] { return std::make_unique<Silencer>(pieces); };
  leaves_echo = true;
  open();
  start(ipc::Listen::kRealtime);
  tts.speak_for(5s);
  utterance();
  played(ipc::PlayoutReport::kStarted, 1, 1, 0, 600);
  take_log();
  EXPECT_EQ(pieces, 0);
  timestamp = 600;
  speech(1200ms);
  EXPECT_GE(pieces, 100) << "1.2 s in pieces of 10 ms";
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 0U);
}

TEST_F(ConversationTest, ADeviceThatLeavesItsEchoAndTellsNoTimestampsIsNotHeardOverItsReply) {
  leaves_echo = true;
  open();
  start(ipc::Listen::kRealtime);
  tts.speak_for(5s);
  utterance();
  played(ipc::PlayoutReport::kStarted, 1, 1, 0, 600);
  speech(3s);
  EXPECT_EQ(counted(ConversationEvent::kBargeIn), 0U);
  played(ipc::PlayoutReport::kFinished, 1);
  silence(1200ms);
  asr.hears("hello again");
  utterance();
  EXPECT_THAT(log, Contains("stt hello again"));
}

}  // namespace
}  // namespace earshot::worker
