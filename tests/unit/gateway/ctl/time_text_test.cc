#include "gateway/ctl/time_text.h"

#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;

TEST(TimeTextTest, DurationsHaveTheUnitsThatFit) {
  EXPECT_EQ(duration_text(-5), "0 ms");
  EXPECT_EQ(duration_text(950), "950 ms");
  EXPECT_EQ(duration_text(12'345), "12.3 s");
  EXPECT_EQ(duration_text(245'000), "4 min 5 s");
  EXPECT_EQ(duration_text(3 * 3'600'000), "3 h");
  EXPECT_EQ(duration_text(53 * 3'600'000), "2 d 5 h");
}

TEST(TimeTextTest, RelativeTimesSayHowLongAgo) {
  EXPECT_EQ(relative_text(0, kNow), "never");
  EXPECT_EQ(relative_text(kNow - 400, kNow), "now");
  EXPECT_EQ(relative_text(kNow - 12'000, kNow), "12 s ago");
  EXPECT_EQ(relative_text(kNow - 3'700'000, kNow), "1 h ago");
  EXPECT_EQ(relative_text(kNow - 90'000'000, kNow), "1 d ago");
  EXPECT_EQ(relative_text(kNow + 300'000, kNow), "in 5 min");
}

TEST(TimeTextTest, DatesAreOfTheMachinesOffset) {
  EXPECT_EQ(date_text(0, 0), "never");
  EXPECT_EQ(date_text(86'400'000, 0), "1970-01-02 00:00:00");
  EXPECT_EQ(date_text(86'400'000, 3600), "1970-01-02 01:00:00");
}

TEST(TimeTextTest, ReadsDurationsAndNothingElse) {
  EXPECT_EQ(parse_duration_ms("500ms"), 500);
  EXPECT_EQ(parse_duration_ms("30"), 30'000);
  EXPECT_EQ(parse_duration_ms("30s"), 30'000);
  EXPECT_EQ(parse_duration_ms("5m"), 300'000);
  EXPECT_EQ(parse_duration_ms("2h"), 7'200'000);
  EXPECT_EQ(parse_duration_ms("7d"), 604'800'000);
  for (const char* bad : {"", "s", "-1s", "1w", "1.5h", "1 h", "99999999999999999d"})
    EXPECT_FALSE(parse_duration_ms(bad).has_value()) << bad;
}

}  // namespace
}  // namespace earshot::ctl
