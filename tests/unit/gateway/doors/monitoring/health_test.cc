#include "gateway/doors/monitoring/health.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

TEST(HealthTest, IsReadyOnlyWithBrokerAndWorkers) {
  EXPECT_EQ(
      health_answer({.broker_connected = true, .shards = 1, .workers = 2, .sessions = 0, .counters = {}})
          .status,
      200);
  EXPECT_EQ(
      health_answer({.broker_connected = true, .shards = 1, .workers = 0, .sessions = 0, .counters = {}})
          .status,
      503);
  EXPECT_EQ(
      health_answer({.broker_connected = false, .shards = 1, .workers = 2, .sessions = 0, .counters = {}})
          .status,
      503);
}

TEST(HealthTest, ProbesTellReadyFromAlive) {
  const Health waiting{.broker_connected = true, .shards = 1, .workers = 0, .sessions = 0, .counters = {}};
  EXPECT_EQ(ready_answer(waiting).status, 503);
  EXPECT_EQ(live_answer(waiting).status, 200) << "to start it anew would bring no worker";
  const Health serving{
      .broker_connected = true, .shards = 1, .workers = 1, .sessions = 0, .counters = {{"secret", 1}}};
  EXPECT_EQ(ready_answer(serving).status, 200);
  EXPECT_EQ(ready_answer(serving).body.find("secret"), std::string::npos);
}

TEST(HealthTest, ListsOnlyWhatHasHappened) {
  const auto answer = health_answer({.broker_connected = true,
                                     .shards = 1,
                                     .workers = 1,
                                     .sessions = 3,
                                     .counters = {{"media.replayed", 7}, {"media.malformed", 0}}});
  EXPECT_NE(answer.body.find(R"("media.replayed":7)"), std::string::npos);
  EXPECT_EQ(answer.body.find("malformed"), std::string::npos);
}

}  // namespace
}  // namespace earshot::gateway
