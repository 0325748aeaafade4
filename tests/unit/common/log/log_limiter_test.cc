#include "common/log/log_limiter.h"

#include <gtest/gtest.h>

namespace earshot::log {
namespace {

TEST(LogLimiterTest, AFloodCostsABurstOfLinesAnInterval) {
  LogLimiter limiter(2, Milliseconds(1000));
  SteadyTime now{std::chrono::hours(1)};
  int lines = 0;
  for (int i = 0; i < 100; ++i) lines += limiter.ask(now).log ? 1 : 0;
  EXPECT_EQ(lines, 2);
  now += Milliseconds(1000);
  const auto verdict = limiter.ask(now);
  EXPECT_TRUE(verdict.log);
  EXPECT_EQ(verdict.suppressed, 98U);
}

}  // namespace
}  // namespace earshot::log
