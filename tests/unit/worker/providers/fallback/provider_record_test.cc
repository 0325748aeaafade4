#include "worker/providers/fallback/provider_record.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

constexpr SteadyTime kNow = SteadyTime(Milliseconds(100'000));

class ProviderRecordTest : public testing::Test {
 protected:
  void fail(const std::string& why) {
    record_.failed(why, kNow);
    record_.breaker().on_failure(CircuitBreaker::Admission::kAdmitted, kNow);
  }

  ProviderRecord record_{"clever", {.failures = 2}};
};

TEST_F(ProviderRecordTest, IsWellBeforeAnythingFailed) {
  const ProviderHealth health = record_.health(kNow);
  EXPECT_EQ(health.state, ProviderState::kOk);
  EXPECT_TRUE(health.why.empty());
}

TEST_F(ProviderRecordTest, TellsOfTheLastFailureAndWhenItWas) {
  fail("first");
  EXPECT_EQ(record_.health(kNow).state, ProviderState::kFailing);
  fail("second");
  const ProviderHealth health = record_.health(kNow + Milliseconds(1));
  EXPECT_EQ(health.state, ProviderState::kAway);
  EXPECT_EQ(health.why, "second");
  EXPECT_EQ(health.failed_at, kNow);
}

TEST_F(ProviderRecordTest, IsWellAgainWhenItAnswersAndRemembersWhatWas) {
  fail("once");
  record_.succeeded();
  EXPECT_EQ(record_.health(kNow).state, ProviderState::kOk);
  EXPECT_EQ(record_.health(kNow).why, "once");
}

TEST_F(ProviderRecordTest, KeepsABoundedTextOfAFailure) {
  fail(std::string(10'000, 'x'));
  EXPECT_EQ(record_.health(kNow).why.size(), ProviderRecord::kMaxWhyBytes);
}

}  // namespace
}  // namespace earshot::worker
