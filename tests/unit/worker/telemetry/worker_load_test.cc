#include "worker/telemetry/worker_load.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(WorkerLoad, IsTheLargerShare) {
  EXPECT_DOUBLE_EQ(worker_load(25, 100, 100), 0.25);
  EXPECT_DOUBLE_EQ(worker_load(10, 100, 900), 0.9);
  EXPECT_DOUBLE_EQ(worker_load(0, 100, 0), 0);
  EXPECT_DOUBLE_EQ(worker_load(0, 0, 0), 1) << "it takes nothing";
}

}  // namespace
}  // namespace earshot::worker
