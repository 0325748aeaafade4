#include "common/base/rate_limiter.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

constexpr RateLimiter::Rate kRate{.burst = 3, .refill = Milliseconds(1000), .max_keys = 4};
const SteadyTime kNow = SteadyTime{} + std::chrono::hours(1);

TEST(RateLimiterTest, AllowsABurstAndThenOneARefill) {
  RateLimiter limiter(kRate);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("a", kNow));
  EXPECT_FALSE(limiter.take("a", kNow));
  EXPECT_EQ(limiter.wait("a", kNow), Milliseconds(1000));
  EXPECT_FALSE(limiter.take("a", kNow + Milliseconds(999)));
  EXPECT_TRUE(limiter.take("a", kNow + Milliseconds(1000)));
  EXPECT_FALSE(limiter.take("a", kNow + Milliseconds(1000)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("a", kNow + Milliseconds(60'000)));
  EXPECT_FALSE(limiter.take("a", kNow + Milliseconds(60'000))) << "a long rest gives no more than the burst";
}

TEST(RateLimiterTest, SeveralAtOnceAreTakenWholeOrNotAtAll) {
  RateLimiter limiter(kRate);
  EXPECT_TRUE(limiter.take("a", kNow, 2));
  EXPECT_FALSE(limiter.take("a", kNow, 2));
  EXPECT_EQ(limiter.wait("a", kNow, 3), Milliseconds(2000));
  EXPECT_TRUE(limiter.take("a", kNow, 1)) << "what was refused cost nothing";
  EXPECT_FALSE(limiter.take("a", kNow + Milliseconds(2999), 3));
  EXPECT_TRUE(limiter.take("a", kNow + Milliseconds(3000), 3));
}

TEST(RateLimiterTest, KeysDoNotDisturbEachOther) {
  RateLimiter limiter(kRate);
  while (limiter.take("a", kNow)) continue;
  EXPECT_TRUE(limiter.take("b", kNow));
}

TEST(RateLimiterTest, ManyKeysCostBoundedMemoryAndShareOneBucket) {
  RateLimiter limiter(kRate);
  EXPECT_TRUE(limiter.take("known", kNow));
  int allowed = 0;
  for (int i = 0; i < 10'000; ++i) allowed += limiter.take("eve" + std::to_string(i), kNow) ? 1 : 0;
  EXPECT_EQ(limiter.keys(), 4U);
  EXPECT_EQ(allowed, 3 + 3) << "three buckets and the shared one";
  EXPECT_TRUE(limiter.take("known", kNow)) << "who was there before is not hurt";
}

TEST(RateLimiterTest, FullBucketsMakeRoom) {
  RateLimiter limiter(kRate);
  for (int i = 0; i < 100; ++i) limiter.take("eve" + std::to_string(i), kNow);
  EXPECT_TRUE(limiter.take("new", kNow + Milliseconds(10'000)));
  EXPECT_EQ(limiter.keys(), 1U);
}

}  // namespace
}  // namespace earshot
