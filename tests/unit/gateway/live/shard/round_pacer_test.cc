#include "gateway/live/shard/round_pacer.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

TEST(RoundPacer, AQuietShardAnswersAtOnce) {
  RoundPacer pacer;
  SteadyTime now{1h};
  for (int i = 0; i < 1000; ++i, now += 2ms) EXPECT_FALSE(pacer.after_round(1, now)) << i;
}

TEST(RoundPacer, ABusyOneWaitsForTheNextMillisecondAndNoLonger) {
  RoundPacer pacer;
  SteadyTime now{1h + 300us};
  std::optional<SteadyTime> next;
  for (int i = 0; i < 100; ++i, now += 1ms) {
    next = pacer.after_round(3, now);
    if (next) {
      EXPECT_EQ(*next - now, 700us);
    }
  }
  EXPECT_TRUE(next);
}

TEST(RoundPacer, DoesNotWaitWhileItIsBehind) {
  RoundPacer pacer;
  EXPECT_FALSE(pacer.after_round(RoundPacer::kOverdue, SteadyTime{1h}));
  EXPECT_TRUE(pacer.after_round(100, SteadyTime{1h}));
}

TEST(RoundPacer, IsQuietAgainSoonAfterABurst) {
  RoundPacer pacer;
  SteadyTime now{1h};
  EXPECT_TRUE(pacer.after_round(33, now));
  int rounds = 0;
  while (pacer.after_round(0, now += 1ms)) ++rounds;
  EXPECT_LE(rounds, RoundPacer::kFull - RoundPacer::kBusy);
}

}  // namespace
}  // namespace earshot::gateway
