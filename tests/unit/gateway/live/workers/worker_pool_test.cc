#include "gateway/live/workers/worker_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

namespace earshot::gateway {
namespace {

constexpr WorkerKey kA{1};
constexpr WorkerKey kB{2};
constexpr WorkerKey kC{3};
const std::vector<WorkerKey> kNobody;

TEST(WorkerPool, HasNobodyToChooseWhenEmpty) {
  WorkerPool pool;
  EXPECT_EQ(pool.choose(kNobody), std::nullopt);
}

TEST(WorkerPool, TakesTheLowerFilledShare) {
  WorkerPool pool;
  pool.add(kA, 10);
  pool.add(kB, 100);
  for (int i = 0; i < 5; ++i) pool.session_added(kA);   // 500 permille
  for (int i = 0; i < 20; ++i) pool.session_added(kB);  // 200 permille
  EXPECT_EQ(pool.choose(kNobody), kB);
}

TEST(WorkerPool, CountsBusyProcessorsLikeSessions) {
  WorkerPool pool;
  pool.add(kA, 10);
  pool.add(kB, 10);
  pool.session_added(kB);
  pool.set_load(kA, 0, 900);
  EXPECT_EQ(pool.choose(kNobody), kB);
}

TEST(WorkerPool, BelievesTheReportAboutOtherGatewaysSessions) {
  WorkerPool pool;
  pool.add(kA, 10);
  pool.add(kB, 10);
  pool.set_load(kA, 8, 0);
  pool.session_added(kB);
  EXPECT_EQ(pool.choose(kNobody), kB);
}

TEST(WorkerPool, SpreadsSessionsEvenlyBeforeAnyReport) {
  WorkerPool pool;
  for (const WorkerKey worker : {kA, kB, kC}) pool.add(worker, 20);
  std::map<WorkerKey, int> placed;
  for (int i = 0; i < 30; ++i) {
    const auto worker = pool.choose(kNobody);
    ASSERT_TRUE(worker);
    pool.session_added(*worker);
    ++placed[*worker];
  }
  EXPECT_EQ(placed[kA], 10);
  EXPECT_EQ(placed[kB], 10);
  EXPECT_EQ(placed[kC], 10);
}

TEST(WorkerPool, EqualWorkersTakeTurns) {
  WorkerPool pool;
  pool.add(kA, 10);
  pool.add(kB, 10);
  const auto first = pool.choose(kNobody);
  EXPECT_NE(pool.choose(kNobody), first);
  EXPECT_EQ(pool.choose(kNobody), first);
}

TEST(WorkerPool, NeverChoosesAFullDrainingRemovedOrExcludedWorker) {
  WorkerPool pool;
  for (const WorkerKey worker : {kA, kB, kC}) pool.add(worker, 1);
  pool.session_added(kA);
  pool.set_draining(kB);
  EXPECT_EQ(pool.choose(kNobody), kC);
  EXPECT_EQ(pool.choose(std::array{kC}), std::nullopt);
  pool.remove(kC);
  EXPECT_EQ(pool.choose(kNobody), std::nullopt);
  pool.session_removed(kA);
  EXPECT_EQ(pool.choose(kNobody), kA);
}

TEST(WorkerPool, ASilentWorkerIsTheLastResortUntilItIsHeard) {
  WorkerPool pool;
  pool.add(kA, 10);
  pool.add(kB, 10);
  pool.set_load(kB, 9, 1000);
  pool.set_silent(kA);
  EXPECT_EQ(pool.choose(kNobody), kB);
  EXPECT_EQ(pool.choose(std::array{kB}), kA);
  pool.heard(kA);
  EXPECT_EQ(pool.choose(kNobody), kA);
}

}  // namespace
}  // namespace earshot::gateway
