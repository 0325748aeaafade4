#include "bench/turn/statistics.h"

#include <gtest/gtest.h>

namespace earshot::bench {
namespace {

TEST(Percentiles, AreTheNearestRank) {
  std::vector<double> values;
  for (int i = 200; i >= 1; --i) values.push_back(i);
  const Percentiles figure = percentiles(values);
  EXPECT_EQ(figure.p50, 100);
  EXPECT_EQ(figure.p95, 190);
  EXPECT_EQ(figure.p99, 198);
  EXPECT_EQ(figure.max, 200);
  EXPECT_EQ(figure.count, 200U);
}

TEST(Percentiles, OfOneValueAreThatValue) {
  const Percentiles figure = percentiles({7});
  EXPECT_EQ(figure.p50, 7);
  EXPECT_EQ(figure.p99, 7);
}

TEST(Percentiles, OfNothingAreZero) {
  EXPECT_EQ(percentiles({}).count, 0U);
  EXPECT_EQ(percentiles({}).p99, 0);
}

}  // namespace
}  // namespace earshot::bench
