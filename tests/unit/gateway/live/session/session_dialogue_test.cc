// What a Session leaves to the device's next one, and what it begins with.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

class SessionDialogueTest : public SessionTest {
 protected:
  void checkpoint(const std::string& state) {
    ipc::Envelope envelope;
    envelope.mutable_session_checkpoint()->set_state(state);
    worker_says(envelope);
  }
  void open_with_checkpoints() { session_->opened(WorkerLeg(port_, true), now_); }
  ipc::SessionOpen request() { return session_->open_request().session_open(); }
  void end(bool farewell) {
    ipc::Envelope envelope;
    envelope.mutable_session_end()->set_reason("over");
    envelope.mutable_session_end()->set_farewell(farewell);
    worker_says(envelope);
  }
};

TEST_F(SessionDialogueTest, LeavesItsLastCheckpoint) {
  open_with_checkpoints();
  EXPECT_EQ(session_->dialogue(), "");
  checkpoint("one");
  checkpoint("two");
  end(false);
  EXPECT_TRUE(session_->over());
  EXPECT_EQ(session_->dialogue(), "two");
}

TEST_F(SessionDialogueTest, LeavesNothingBehindAFarewell) {
  open_with_checkpoints();
  checkpoint("one");
  end(true);
  EXPECT_EQ(session_->dialogue(), "");
}

TEST_F(SessionDialogueTest, LeavesNothingThatIsToBeForgotten) {
  session_->resume("before", 2s);
  open_with_checkpoints();
  session_->forget_dialogue();
  checkpoint("one");
  EXPECT_EQ(session_->dialogue(), "");
}

TEST_F(SessionDialogueTest, AsksForTheEarlierDialogueUntilACheckpointHasIt) {
  session_->resume("before", 2s);
  EXPECT_EQ(request().earlier(), "before");
  EXPECT_EQ(request().earlier_ms_ago(), 2000U);
  EXPECT_FALSE(request().has_moved());
  open_with_checkpoints();
  EXPECT_EQ(session_->dialogue(), "before") << "nothing was said in it yet";
  session_->worker_lost(now_);
  EXPECT_EQ(request().earlier(), "before") << "the next worker knows nothing either";
  open_with_checkpoints();
  checkpoint("one");
  ASSERT_TRUE(session_->hand_over(now_));
  EXPECT_EQ(request().earlier(), "");
  EXPECT_EQ(request().checkpoint(), "one");
}

TEST_F(SessionDialogueTest, WithoutRoomItBeginsAnew) {
  const std::size_t left = memory_.continuity.left();
  ASSERT_TRUE(memory_.continuity.take(left - 3));
  session_->resume("before", 2s);
  EXPECT_EQ(request().earlier(), "");
  EXPECT_FALSE(session_->resumed_after());
  EXPECT_EQ(memory_.continuity.left(), 3U);
}

TEST_F(SessionDialogueTest, GivesBackItsRoom) {
  const std::size_t left = memory_.continuity.left();
  session_->resume("before", 2s);
  open_with_checkpoints();
  checkpoint("one");
  session_.reset();
  EXPECT_EQ(memory_.continuity.left(), left);
}

}  // namespace
}  // namespace earshot::gateway
