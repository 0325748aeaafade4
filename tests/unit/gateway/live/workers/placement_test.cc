#include "gateway/live/workers/placement.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

constexpr WorkerKey kWorkerA{1};
constexpr WorkerKey kWorkerB{2};
constexpr SteadyTime kHello{Milliseconds(1000)};
constexpr PlacementLimits kLimits{};

class PlacementTest : public testing::Test {
 protected:
  SteadyTime at(int ms) const { return kHello + Milliseconds(ms); }

  WorkerPool pool_;
  Placement placement_{kLimits, kHello};
};

TEST_F(PlacementTest, AsksOneWorkerAndIsPlacedByItsAnswer) {
  pool_.add(kWorkerA, 10);
  EXPECT_EQ(placement_.start(pool_, kHello).open, kWorkerA);
  EXPECT_EQ(placement_.next_deadline(), at(3000));
  EXPECT_TRUE(placement_.on_opened(kWorkerA).placed);
  EXPECT_TRUE(placement_.settled());
  EXPECT_EQ(placement_.worker(), kWorkerA);
}

TEST_F(PlacementTest, ASecondWorkerIsTriedWhenTheFirstDoesNotAnswer) {
  pool_.add(kWorkerA, 10);
  pool_.add(kWorkerB, 10);
  const auto first = placement_.start(pool_, kHello).open;
  ASSERT_TRUE(first);
  EXPECT_FALSE(placement_.on_deadline(pool_, at(2999)).open) << "too early";
  const auto step = placement_.on_deadline(pool_, at(3000));
  EXPECT_EQ(step.close, first) << "it may yet wake up and answer";
  ASSERT_TRUE(step.open);
  EXPECT_NE(step.open, first);
  EXPECT_TRUE(placement_.on_opened(*step.open).placed);
}

TEST_F(PlacementTest, ARefusalOrADeadLinkMovesOnAtOnce) {
  pool_.add(kWorkerA, 10);
  pool_.add(kWorkerB, 10);
  const auto first = placement_.start(pool_, kHello).open;
  const auto step = placement_.on_refused(*first, pool_, at(5));
  ASSERT_TRUE(step.open);
  EXPECT_NE(step.open, first);
  EXPECT_FALSE(step.close);

  Placement other(kLimits, kHello);
  const auto asked = other.start(pool_, kHello).open;
  pool_.remove(*asked);
  EXPECT_EQ(other.on_lost(*asked, pool_, at(5)).open, asked == kWorkerA ? kWorkerB : kWorkerA);
}

TEST_F(PlacementTest, ALateAnswerOfTheFirstWorkerPlacesNothing) {
  pool_.add(kWorkerA, 10);
  pool_.add(kWorkerB, 10);
  const auto first = placement_.start(pool_, kHello).open;
  const auto second = placement_.on_deadline(pool_, at(3000)).open;
  EXPECT_FALSE(placement_.on_opened(*first).placed);
  EXPECT_FALSE(placement_.settled());
  EXPECT_FALSE(placement_.on_refused(*first, pool_, at(3001)).open);
  EXPECT_TRUE(placement_.on_opened(*second).placed);
}

TEST_F(PlacementTest, AsksTheSameWorkerAgainOnlyWhenThereIsNoOtherAndNotInALoop) {
  pool_.add(kWorkerA, 10);
  EXPECT_EQ(placement_.start(pool_, kHello).open, kWorkerA);
  EXPECT_FALSE(placement_.on_refused(kWorkerA, pool_, at(5)).open) << "a pause first";
  EXPECT_EQ(placement_.next_deadline(), at(255));
  const auto again = placement_.on_deadline(pool_, at(255));
  EXPECT_EQ(again.open, kWorkerA);
  EXPECT_FALSE(again.close);
}

TEST_F(PlacementTest, WaitsForAWorkerThatIsBeingRestarted) {
  EXPECT_FALSE(placement_.start(pool_, kHello).open);
  EXPECT_FALSE(placement_.on_deadline(pool_, at(250)).open);
  pool_.add(kWorkerA, 10);
  EXPECT_EQ(placement_.on_worker_added(pool_, at(400)).open, kWorkerA);
}

TEST_F(PlacementTest, ANewWorkerDoesNotDisturbAPlacementThatIsAsking) {
  pool_.add(kWorkerA, 10);
  placement_.start(pool_, kHello);
  pool_.add(kWorkerB, 10);
  EXPECT_FALSE(placement_.on_worker_added(pool_, at(100)).open);
  EXPECT_TRUE(placement_.on_opened(kWorkerA).placed);
}

TEST_F(PlacementTest, GivesUpBeforeTheDeviceDoes) {
  pool_.add(kWorkerA, 10);
  pool_.add(kWorkerB, 10);
  placement_.start(pool_, kHello);
  int asked = 1;
  SteadyTime now = kHello;
  for (int guard = 0; guard < 1000 && !placement_.settled(); ++guard) {
    now = placement_.next_deadline();
    const auto step = placement_.on_deadline(pool_, now);
    if (step.open) ++asked;
    if (step.given_up) {
      EXPECT_TRUE(step.close) << "the last one asked is told";
    }
  }
  EXPECT_TRUE(placement_.settled());
  EXPECT_EQ(now, at(9000));
  EXPECT_GE(asked, 3);
  EXPECT_FALSE(placement_.on_opened(kWorkerA).placed) << "too late for the device";
}

TEST_F(PlacementTest, GivesUpInTimeWithoutAnyWorker) {
  placement_.start(pool_, kHello);
  SteadyTime now = kHello;
  while (!placement_.settled()) {
    now = placement_.next_deadline();
    placement_.on_deadline(pool_, now);
  }
  EXPECT_EQ(now, at(9000));
}

}  // namespace
}  // namespace earshot::gateway
