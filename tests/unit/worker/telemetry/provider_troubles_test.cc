#include "worker/telemetry/provider_troubles.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

constexpr SteadyTime kFailedAt = SteadyTime(Milliseconds(1'000'000));

class ProviderTroublesTest : public testing::Test {
 protected:
  ipc::WorkerLoad load_after(Milliseconds time) {
    ipc::WorkerLoad load;
    add_trouble("llm", record_, kFailedAt + time, load);
    return load;
  }

  ProviderRecord record_{"clever", {.failures = 1, .cool_down = Milliseconds(5000)}};
};

TEST_F(ProviderTroublesTest, SaysNothingOfAProviderThatIsWell) {
  EXPECT_EQ(load_after(Milliseconds(0)).troubles_size(), 0);
}

TEST_F(ProviderTroublesTest, NamesWhatFailedAndWhyAndWhen) {
  record_.failed("401 Unauthorized: check the key", kFailedAt);
  const ipc::WorkerLoad load = load_after(Milliseconds(3000));
  ASSERT_EQ(load.troubles_size(), 1);
  const ipc::ProviderTrouble& trouble = load.troubles(0);
  EXPECT_EQ(trouble.stage(), "llm");
  EXPECT_EQ(trouble.provider(), "clever");
  EXPECT_EQ(trouble.state(), ipc::ProviderTrouble::FAILS);
  EXPECT_EQ(trouble.why(), "401 Unauthorized: check the key");
  EXPECT_EQ(trouble.failed_ms_ago(), 3000U);
}

TEST_F(ProviderTroublesTest, TellsThatOneIsLeftAlone) {
  record_.failed("no answer in time", kFailedAt);
  record_.breaker().on_failure(CircuitBreaker::Admission::kAdmitted, kFailedAt);
  EXPECT_EQ(load_after(Milliseconds(1)).troubles(0).state(), ipc::ProviderTrouble::LEFT_ALONE);
}

TEST_F(ProviderTroublesTest, RemembersForAWhileThatItFailed) {
  record_.failed("no answer in time", kFailedAt);
  record_.succeeded();
  EXPECT_EQ(load_after(Milliseconds(60'000)).troubles(0).state(), ipc::ProviderTrouble::ANSWERS_AGAIN);
  EXPECT_EQ(load_after(kTroubleMemory + Milliseconds(1)).troubles_size(), 0);
}

TEST_F(ProviderTroublesTest, CutsATextBetweenCharacters) {
  record_.failed(std::string(ProviderRecord::kMaxWhyBytes - 1, 'x') + "\u00e9", kFailedAt);
  std::string bytes;
  EXPECT_TRUE(load_after(Milliseconds(1)).SerializeToString(&bytes));
  EXPECT_EQ(load_after(Milliseconds(1)).troubles(0).why().front(), 'x');
}

TEST_F(ProviderTroublesTest, TellsOfABoundedNumber) {
  record_.failed("no answer in time", kFailedAt);
  ipc::WorkerLoad load;
  for (int i = 0; i < 2 * kMaxTroubles; ++i) add_trouble("llm", record_, kFailedAt, load);
  EXPECT_EQ(load.troubles_size(), kMaxTroubles);
}

}  // namespace
}  // namespace earshot::worker
