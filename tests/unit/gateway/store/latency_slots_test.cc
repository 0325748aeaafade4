#include "gateway/store/sqlite/latency_slots.h"

#include <gtest/gtest.h>

#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store::sqlite {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const WallTime kNow{days(20'000) + hours(13) + minutes(7)};

TEST(LatencyBucketsTest, UseTheWidestSlotThatFits) {
  const auto slot = [](Milliseconds span, std::size_t buckets) {
    return LatencyBuckets(kNow - span, kNow, buckets).slot;
  };
  EXPECT_EQ(slot(hours(1), 60), minutes(5));
  EXPECT_EQ(slot(hours(24), 48), minutes(5));
  EXPECT_EQ(slot(hours(24), 24), hours(1));
  EXPECT_EQ(slot(days(90), 90), days(1));
  EXPECT_EQ(slot(days(89), 90), hours(1));
}

TEST(LatencyBucketsTest, CoverTheTimeWithNoMoreThanWanted) {
  for (const Milliseconds span : {Milliseconds(1), Milliseconds(minutes(5)), Milliseconds(hours(25)),
                                  Milliseconds(days(7)), Milliseconds(days(4000))}) {
    for (const std::size_t wanted : {0U, 1U, 3U, 48U, 500U, 100'000U}) {
      const LatencyBuckets buckets(kNow - span, kNow, wanted);
      const auto most = std::clamp<std::size_t>(wanted, 1, LatencyBuckets::kMaxBuckets);
      EXPECT_LE(buckets.first, kNow - span);
      EXPECT_GT(buckets.first + buckets.slot, kNow - span);
      EXPECT_GE(buckets.first + buckets.width * static_cast<std::int64_t>(most), kNow);
      EXPECT_EQ(buckets.width % buckets.slot, Milliseconds(0));
      EXPECT_EQ(buckets.first.time_since_epoch() % buckets.slot, Milliseconds(0));
    }
  }
}

}  // namespace
}  // namespace earshot::store::sqlite
