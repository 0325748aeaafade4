// A session whose worker dies or leaves: what the device hears meanwhile, and what the next worker is told.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class SessionMovingTest : public SessionTest {
 protected:
  struct Tools final : DeviceTools {
    void ask(const json::object&, SteadyTime) override {}
    void settled(std::int64_t id) override { settled_id = id; }
    void worker_gone(std::int64_t id, SteadyTime) override { gone.push_back(id); }
    std::int64_t settled_id = 0;
    std::vector<std::int64_t> gone;
  };

  void open_movable(const std::string& mode = "auto") {
    session_->use(&tools_);
    session_->opened(WorkerLeg(port_, true), now_);
    now_ += 50ms;
    listen_start(mode);
    uplink();
    checkpoint("listening", 2);
    port_.clear();
  }
  void checkpoint(const std::string& state, std::uint64_t uplink, std::uint32_t answered = 0) {
    ipc::Envelope envelope;
    ipc::SessionCheckpoint& one = *envelope.mutable_session_checkpoint();
    one.set_state(state);
    one.set_uplink(uplink);
    one.set_answered(answered);
    one.set_tool_requests(5);
    worker_says(envelope);
  }
  void sentence_end(std::uint32_t turn, std::uint32_t number) {
    ipc::Envelope envelope;
    envelope.mutable_sentence_end()->set_turn(turn);
    envelope.mutable_sentence_end()->set_sentence(number);
    worker_says(envelope);
  }
  void lose() { session_->worker_lost(now_); }
  void next_worker(bool hands_over = true) { session_->opened(WorkerLeg(next_, hands_over), now_); }
  std::vector<std::string> next_told() const {
    std::vector<std::string> all;
    for (const ipc::Envelope& one : next_.worker) all.push_back(RecordingPort::brief(one));
    return all;
  }

  Tools tools_;
  RecordingPort next_;
};

TEST_F(SessionMovingTest, ListeningWhatWasSaidSinceTheCheckpointIsGivenAgain) {
  open_movable();
  uplink();
  uplink();
  lose();
  EXPECT_TRUE(session_->wants_worker());
  const ipc::SessionOpen request = session_->open_request().session_open();
  EXPECT_EQ(request.checkpoint(), "listening");
  EXPECT_EQ(request.moved().speech(), ipc::Moved::kNone);
  uplink();  // while nobody has it
  EXPECT_THAT(port_.device, IsEmpty()) << "the device notices nothing";
  next_worker();
  EXPECT_EQ(session_->state(), Session::State::kOpen);
  EXPECT_EQ(next_.worker_audio.size(), 3U);
  EXPECT_THAT(port_.device, IsEmpty());
  EXPECT_THAT(tools_.gone, ElementsAre(5));
  EXPECT_EQ(tools_.settled_id, 5);
  uplink();
  EXPECT_EQ(next_.worker_audio.size(), 4U);
}

TEST_F(SessionMovingTest, WithoutACheckpointAllIsGivenAgain) {
  session_->opened(WorkerLeg(port_, true), now_);
  listen_start("auto");
  uplink();
  lose();
  next_worker();
  EXPECT_THAT(next_told(), ElementsAre("listen"));
  EXPECT_EQ(next_.worker_audio.size(), 1U);
}

TEST_F(SessionMovingTest, AWorkerThatWritesNoCheckpointsTakesItsSessionsWithIt) {
  open();
  lose();
  EXPECT_TRUE(session_->over());
  EXPECT_THAT(port_.device, ElementsAre("goodbye"));
}

TEST_F(SessionMovingTest, WhatIsQueuedPlaysOnAndTheRestFollowsInTheSameTurn) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 20);
  sentence_end(1, 1);
  sentence(1, 2, "Two.");
  frames(1, 3);
  run(200ms);
  lose();
  const ipc::Moved moved = session_->open_request().session_open().moved();
  EXPECT_EQ(moved.speech(), ipc::Moved::kOpen);
  EXPECT_EQ(moved.turn(), 1U);
  EXPECT_EQ(moved.sentences(), 1U) << "the second came in part, and nothing of it was heard";
  EXPECT_THAT(moved.said(), ElementsAre("One."));
  EXPECT_EQ(moved.heard(), 1U);
  run(600ms);
  EXPECT_TRUE(session_->speaking());
  next_worker();
  sentence(1, 2, "Two.");
  frames(1, 10);
  speech_end(1);
  run(5s);
  EXPECT_EQ(port_.datagrams.size(), 30U);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts sentence_start", "tts sentence_start", "tts stop"));
}

TEST_F(SessionMovingTest, ASentenceThatHasBegunIsHeardAsFarAsItCame) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 4);
  run(200ms);
  lose();
  run(2s);
  EXPECT_EQ(port_.datagrams.size(), 4U);
  EXPECT_EQ(session_->open_request().session_open().moved().sentences(), 0U) << "the next says it whole";
  EXPECT_TRUE(session_->speaking());
}

TEST_F(SessionMovingTest, TheNextWorkerIsToldHowThePlayoutEndedMeanwhile) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 5);
  speech_end(1);
  run(100ms);
  lose();
  EXPECT_EQ(session_->open_request().session_open().moved().speech(), ipc::Moved::kEnded);
  run(2s);
  EXPECT_THAT(port_.device, Contains("tts stop"));
  listen_start("auto");
  next_worker();
  EXPECT_THAT(next_told(), ElementsAre("kFinished", "listen"));
}

TEST_F(SessionMovingTest, AnInterruptionWhileItMovesSilencesTheDeviceAndIsPassedOn) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 50);
  run(300ms);
  lose();
  device_says(R"({"session_id":"5e55","type":"abort"})");
  const std::size_t sent = port_.datagrams.size();
  run(2s);
  EXPECT_EQ(port_.datagrams.size(), sent);
  next_worker();
  EXPECT_THAT(next_told(), ElementsAre("kFlushed", "abort"));
}

TEST_F(SessionMovingTest, WithoutAnotherWorkerWhatIsQueuedIsHeardThenAnAlertAndGoodbye) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 20);
  run(100ms);
  lose();
  session_->refused(now_);
  EXPECT_FALSE(session_->over());
  run(5s);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(port_.datagrams.size(), 20U);
  EXPECT_THAT(port_.device, ElementsAre("tts start", "tts sentence_start", "alert", "goodbye"));
}

TEST_F(SessionMovingTest, ASessionThatLosesTwoWorkersIsNotGivenToAThird) {
  open_movable();
  lose();
  next_worker();
  lose();
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(counted(SessionEvent::kMovedTooOften), 1U);
  EXPECT_THAT(port_.device, ElementsAre("alert", "goodbye"));
}

TEST_F(SessionMovingTest, WorkersThatDieWhenTheyAreAskedCountAsWell) {
  open_movable();
  lose();
  lose();
  EXPECT_TRUE(session_->over());
}

TEST_F(SessionMovingTest, LeavingAWorkerIsNoLoss) {
  open_movable();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(session_->hand_over(now_));
    next_worker();
  }
  EXPECT_THAT(port_.device, IsEmpty());
  EXPECT_EQ(counted(SessionEvent::kMoved), 5U);
  EXPECT_EQ(counted(SessionEvent::kWorkerLost), 0U);
}

TEST_F(SessionMovingTest, WhatWasToBeSaidIsAskedOfTheNextUntilItIsReported) {
  open_movable();
  EXPECT_EQ(session_->say("a", "Dinner.", now_), SayVerdict::kTaken);
  EXPECT_EQ(session_->say("b", "Tea.", now_), SayVerdict::kTaken);
  session_->said("a");
  lose();
  next_worker();
  ASSERT_THAT(next_told(), ElementsAre("say"));
  EXPECT_EQ(next_.worker[0].say().id(), "b");
}

TEST_F(SessionMovingTest, AFarewellThatPlaysNeedsNoOtherWorker) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "Goodbye.");
  frames(1, 10);
  speech_end(1);
  ipc::Envelope end;
  end.mutable_session_end()->set_after_playout(true);
  worker_says(end);
  run(100ms);
  lose();
  EXPECT_FALSE(session_->wants_worker());
  run(3s);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(port_.datagrams.size(), 10U);
  EXPECT_THAT(port_.device, Not(Contains("alert")));
}

TEST_F(SessionMovingTest, AWorkerOfAnOlderVersionBeginsAnewAndTheTurnEnds) {
  open_movable();
  speech_start(1);
  sentence(1, 1, "One.");
  frames(1, 5);
  run(100ms);
  lose();
  next_worker(false);
  run(3s);
  EXPECT_THAT(port_.device, Contains("tts stop"));
}

}  // namespace
}  // namespace earshot::gateway
