#include "gateway/store/latency_histogram.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace earshot::store {
namespace {

LatencyHistogram of(std::initializer_list<int> values) {
  LatencyHistogram histogram;
  for (const int value : values) histogram.add(Milliseconds(value));
  return histogram;
}

TEST(LatencyHistogramTest, EachLatencyComesBackToThreePercent) {
  for (std::int64_t value = 0; value < (1 << 20); value += 1 + value / 100) {
    const auto found = of({static_cast<int>(value)}).percentile(0.5).count();
    EXPECT_NEAR(static_cast<double>(found), static_cast<double>(value),
                0.5 + 0.0313 * static_cast<double>(value));
    EXPECT_TRUE(value >= 16 || found == value) << value;
  }
}

TEST(LatencyHistogramTest, PercentilesCountFromTheSmallest) {
  const auto histogram = of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(histogram.percentile(0.0), Milliseconds(1));
  EXPECT_EQ(histogram.percentile(0.5), Milliseconds(5));
  EXPECT_EQ(histogram.percentile(0.9), Milliseconds(9));
  EXPECT_EQ(histogram.percentile(0.99), Milliseconds(10));
  EXPECT_EQ(histogram.percentile(1.0), Milliseconds(10));
}

TEST(LatencyHistogramTest, WhatIsOutOfRangeCountsAsTheNearest) {
  EXPECT_EQ(of({-5}).percentile(0.5), Milliseconds(0));
  LatencyHistogram histogram;
  histogram.add(Milliseconds(std::int64_t{1} << 60));
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.5).count()), 1 << 20, 40'000);
}

TEST(LatencyHistogramTest, SumsAndComesBackFromItsBytes) {
  std::mt19937 random(7);
  LatencyHistogram whole;
  LatencyHistogram sum;
  for (int part = 0; part < 20; ++part) {
    LatencyHistogram histogram;
    for (int i = 0; i < 50; ++i) {
      const Milliseconds value(random() % 5000);
      histogram.add(value);
      whole.add(value);
    }
    ASSERT_TRUE(sum.add_encoded(histogram.encode()));
  }
  EXPECT_EQ(sum.count(), 1000U);
  EXPECT_EQ(sum.encode(), whole.encode());
  EXPECT_TRUE(sum.add_encoded("")) << "of none";
}

TEST(LatencyHistogramTest, RefusesBytesThatNoneGave) {
  LatencyHistogram histogram;
  EXPECT_FALSE(histogram.add_encoded(of({700}).encode().substr(1)));
  EXPECT_FALSE(histogram.add_encoded(std::string("\xff\xff\0\0\0\1", 6))) << "no such bin";
  EXPECT_EQ(histogram.count(), 0U);
}

}  // namespace
}  // namespace earshot::store
