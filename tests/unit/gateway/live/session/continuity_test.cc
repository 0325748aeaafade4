// What is kept of a session for its next worker: the ring of what the device said, and its bounds.
#include "gateway/live/session/continuity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UplinkRingTest : public ::testing::Test {
 protected:
  void audio(std::uint32_t number, std::size_t bytes = 60) {
    ipc::AudioUp up;
    up.set_opus(std::string(bytes, static_cast<char>(number)));
    up.set_sequence(number);
    up.set_timestamp(number * 60);
    up.set_arrival_us(std::uint64_t{number} << 33);
    ring_.add_audio(up);
  }
  void control(const std::string& text) {
    ipc::Envelope envelope;
    envelope.set_session(7);
    envelope.mutable_listen()->set_text(text);
    ring_.add_control(envelope);
  }
  std::vector<std::string> given() {
    std::vector<std::string> all;
    ipc::Envelope audio;
    ring_.give_again(
        audio,
        [&](const ipc::Envelope& one) {
          const ipc::AudioUp& up = one.audio_up();
          EXPECT_EQ(up.timestamp(), up.sequence() * 60);
          EXPECT_EQ(up.arrival_us(), std::uint64_t{up.sequence()} << 33);
          EXPECT_EQ(up.opus(), std::string(up.opus().size(), static_cast<char>(up.sequence())));
          all.push_back(std::to_string(up.sequence()));
        },
        [&](const ipc::Envelope& one) { all.push_back(one.listen().text()); });
    return all;
  }

  ContinuityBudget budget_{1024 * 1024};
  UplinkRing ring_{budget_};
};

TEST_F(UplinkRingTest, GivesAgainWhatIsNotSettledInItsOrder) {
  audio(1);
  control("start");
  audio(2, 0);
  audio(3);
  ring_.settle(1);
  EXPECT_THAT(given(), ElementsAre("start", "2", "3"));
  EXPECT_THAT(given(), ElementsAre("start", "2", "3")) << "it may be lost again";
  ring_.settle(2);
  EXPECT_THAT(given(), ElementsAre("3")) << "the next worker counts what it was given";
  ring_.settle(99);
  EXPECT_THAT(given(), IsEmpty());
}

TEST_F(UplinkRingTest, DropsTheOldestBeyondItsBound) {
  for (std::uint32_t i = 1; i <= 1000; ++i) audio(i, 1000);
  const auto left = given();
  EXPECT_EQ(left.back(), "1000");
  EXPECT_EQ(left.size() + ring_.dropped(), 1000U);
  EXPECT_NEAR(static_cast<double>(left.size()), UplinkRing::kMaxBytes / 1020.0, 2);
}

TEST_F(UplinkRingTest, TakesNoMoreThanTheBudgetHasAndGivesItBack) {
  {
    ContinuityBudget small(6000);
    UplinkRing ring(small);
    ipc::AudioUp up;
    up.set_opus(std::string(100, 'x'));
    for (int i = 0; i < 1000; ++i) ring.add_audio(up);
    EXPECT_EQ(small.left(), 6000 - UplinkRing::kFirstBytes);
    EXPECT_LE(ring.size(), 40U);
    up.set_opus(std::string(8000, 'x'));
    ring.add_audio(up);
    EXPECT_EQ(ring.size(), 0U) << "larger than all there may be";
  }
  for (std::uint32_t i = 0; i < 1000; ++i) audio(i, 200);
  EXPECT_LT(budget_.left(), std::size_t{1024 * 1024} - UplinkRing::kKeptBytes);
  ring_.settle(1000);
  EXPECT_EQ(budget_.left(), std::size_t{1024 * 1024}) << "after a long utterance";
}

TEST_F(UplinkRingTest, KeepsItsMemoryWhileSomebodyListens) {
  for (std::uint32_t i = 1; i <= 30; ++i) audio(i);
  const std::size_t left = budget_.left();
  for (std::uint32_t i = 31; i <= 3000; ++i) {
    audio(i);
    ring_.settle(i - 15);
  }
  EXPECT_EQ(budget_.left(), left);
  EXPECT_EQ(ring_.size(), 15U);
}

TEST_F(UplinkRingTest, IsAsADequeWouldBe) {
  std::mt19937 random(14);
  std::deque<std::string> model;
  std::uint64_t settled = 0;
  std::uint64_t added = 0;
  for (std::uint32_t i = 1; i <= 5000; ++i) {
    if (random() % 5 == 0) {
      control("c" + std::to_string(i));
      model.push_back("c" + std::to_string(i));
    } else {
      audio(i, random() % 300);
      model.push_back(std::to_string(i));
    }
    ++added;
    if (random() % 20 == 0) {
      const std::uint64_t to = std::max(settled, added - std::min<std::uint64_t>(added, random() % 100));
      for (; settled < to; ++settled) model.pop_front();
      ring_.settle(settled);
    }
    if (model.size() > 400) {
      settled = added - 10;
      while (model.size() > 10) model.pop_front();
      ring_.settle(settled);
    }
    ASSERT_EQ(ring_.size(), model.size());
  }
  EXPECT_EQ(given(), std::vector<std::string>(model.begin(), model.end()));
}

class ContinuityTest : public ::testing::Test {
 protected:
  ContinuityTest() { kept_.carried_by(true); }
  void checkpoint(const std::string& state, std::uint32_t answered = 0) {
    ipc::SessionCheckpoint one;
    one.set_state(state);
    one.set_answered(answered);
    kept_.keep(one);
  }
  ContinuityBudget budget_{100 * 1024};
  Continuity kept_{budget_};
};

TEST_F(ContinuityTest, KeepsNothingOfAWorkerThatWritesNoCheckpoints) {
  kept_.carried_by(false);
  checkpoint("state");
  ipc::AudioUp up;
  kept_.add_audio(up);
  kept_.say("a", "text");
  EXPECT_FALSE(kept_.is_usable());
  EXPECT_EQ(kept_.checkpoint(), "");
  EXPECT_EQ(kept_.uplink().size(), 0U);
  EXPECT_EQ(budget_.left(), std::size_t{100 * 1024});
}

TEST_F(ContinuityTest, WithoutRoomASessionCannotMoveUntilThereIs) {
  checkpoint(std::string(50'000, 'a'));
  EXPECT_TRUE(kept_.is_usable());
  EXPECT_TRUE(budget_.take(40'000));
  checkpoint(std::string(70'000, 'b'));
  EXPECT_FALSE(kept_.is_usable()) << "an older one would forget what was said since";
  checkpoint(std::string(50'000, 'c'));
  EXPECT_TRUE(kept_.is_usable());
}

TEST_F(ContinuityTest, KnowsWhichSentencesCameWhole) {
  kept_.speech_began(TurnId{4});
  kept_.sentence_began(TurnId{4}, 1, "One.");
  EXPECT_TRUE(kept_.has_cut_sentence());
  kept_.sentence_ended(TurnId{4}, 1);
  EXPECT_FALSE(kept_.has_cut_sentence());
  kept_.sentence_began(TurnId{4}, 2, "Two.");
  kept_.heard({TurnId{4}, 1, 7});
  const ipc::Moved moved = kept_.moved(NewestSpeech::kOpen, TurnId{4});
  EXPECT_EQ(moved.speech(), ipc::Moved::kOpen);
  EXPECT_EQ(moved.sentences(), 1U);
  EXPECT_THAT(moved.said(), ElementsAre("One."));
  EXPECT_EQ(moved.heard(), 1U);
  EXPECT_EQ(kept_.moved(NewestSpeech::kOver, TurnId{5}).sentences(), 0U) << "flushed before it began";
}

TEST_F(ContinuityTest, TwoWorkersInARowAreTooManyButNotWithAnAnswerBetween) {
  checkpoint("s", 1);
  EXPECT_TRUE(kept_.lost_worker());
  checkpoint("s", 1);
  EXPECT_FALSE(kept_.lost_worker()) << "a checkpoint alone is no progress";
  checkpoint("s", 2);
  EXPECT_TRUE(kept_.lost_worker());
}

}  // namespace
}  // namespace earshot::gateway
