#include "worker/providers/fallback/circuit_breaker.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using Admission = CircuitBreaker::Admission;
using State = CircuitBreaker::State;

constexpr BreakerLimits kLimits{.failures = 2,
                                .cool_down = Milliseconds(1000),
                                .longest_cool_down = Milliseconds(3000),
                                .probe_patience = Milliseconds(500)};

class CircuitBreakerTest : public testing::Test {
 protected:
  void open() {
    breaker_.on_failure(breaker_.admit(now_), now_);
    breaker_.on_failure(breaker_.admit(now_), now_);
  }
  void after(int ms) { now_ += Milliseconds(ms); }

  CircuitBreaker breaker_{kLimits};
  SteadyTime now_{std::chrono::hours(1)};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  breaker_.on_failure(breaker_.admit(now_), now_);
  EXPECT_EQ(breaker_.admit(now_), Admission::kAdmitted);
  breaker_.on_failure(Admission::kAdmitted, now_);
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
  EXPECT_EQ(breaker_.admit(now_), Admission::kRefused);
}

TEST_F(CircuitBreakerTest, ForgetsFailuresAfterASuccess) {
  breaker_.on_failure(breaker_.admit(now_), now_);
  breaker_.on_success();
  breaker_.on_failure(breaker_.admit(now_), now_);
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAfterTheCoolDown) {
  open();
  after(999);
  EXPECT_EQ(breaker_.admit(now_), Admission::kRefused);
  after(1);
  EXPECT_EQ(breaker_.state(now_), State::kHalfOpen);
  EXPECT_EQ(breaker_.admit(now_), Admission::kProbe);
  EXPECT_EQ(breaker_.admit(now_), Admission::kRefused);
}

TEST_F(CircuitBreakerTest, ClosesWhenTheProbeSucceeds) {
  open();
  after(1000);
  ASSERT_EQ(breaker_.admit(now_), Admission::kProbe);
  breaker_.on_success();
  EXPECT_EQ(breaker_.admit(now_), Admission::kAdmitted);
}

TEST_F(CircuitBreakerTest, StaysAwayLongerAfterEachFailedProbeUpToABound) {
  open();
  int cool_down = 1000;
  for (const int next : {2000, 3000, 3000}) {
    after(cool_down);
    ASSERT_EQ(breaker_.admit(now_), Admission::kProbe);
    breaker_.on_failure(Admission::kProbe, now_);
    after(next - 1);
    EXPECT_EQ(breaker_.admit(now_), Admission::kRefused) << next;
    now_ -= Milliseconds(next - 1);
    cool_down = next;
  }
}

TEST_F(CircuitBreakerTest, IgnoresFailuresOfRequestsFromBeforeItOpened) {
  open();
  breaker_.on_failure(Admission::kAdmitted, now_);
  after(1000);
  EXPECT_EQ(breaker_.admit(now_), Admission::kProbe);
}

TEST_F(CircuitBreakerTest, ProbesAgainWhenAProbeIsAbandonedOrLost) {
  open();
  after(1000);
  ASSERT_EQ(breaker_.admit(now_), Admission::kProbe);
  breaker_.on_abandoned(Admission::kProbe, now_);
  ASSERT_EQ(breaker_.admit(now_), Admission::kProbe);
  after(499);
  EXPECT_EQ(breaker_.admit(now_), Admission::kRefused);
  after(1);
  EXPECT_EQ(breaker_.admit(now_), Admission::kProbe);
}

}  // namespace
}  // namespace earshot::worker
