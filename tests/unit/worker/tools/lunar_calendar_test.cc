#include "worker/tools/lunar_calendar.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

year_month_day date(int y, unsigned m, unsigned d) {
  return {year(y), month(m), day(d)};
}

TEST(LunarCalendar, KnowsTheNewYears) {
  // Published first days of lunar years.
  const year_month_day new_years[] = {
      date(1900, 1, 31), date(1912, 2, 18), date(1949, 1, 29), date(1954, 2, 3),  date(1976, 1, 31),
      date(1985, 2, 20), date(1997, 2, 7),  date(2000, 2, 5),  date(2012, 1, 23), date(2020, 1, 25),
      date(2021, 2, 12), date(2022, 2, 1),  date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
      date(2026, 2, 17), date(2027, 2, 6),  date(2028, 1, 26), date(2030, 2, 3),  date(2033, 1, 31),
      date(2034, 2, 19), date(2050, 1, 23), date(2100, 2, 9)};
  for (const auto& one : new_years) {
    EXPECT_EQ(lunar_date(one),
              (LunarDate{.year = static_cast<int>(one.year()), .month = 1, .leap = false, .day = 1}))
        << static_cast<int>(one.year());
  }
}

TEST(LunarCalendar, KnowsTheFestivals) {
  const struct {
    year_month_day date;
    LunarDate lunar;
  } cases[] = {
      {date(2024, 2, 9), {.year = 2023, .month = 12, .leap = false, .day = 30}},
      {date(2025, 1, 28), {.year = 2024, .month = 12, .leap = false, .day = 29}},
      {date(2024, 6, 10), {.year = 2024, .month = 5, .leap = false, .day = 5}},
      {date(2025, 5, 31), {.year = 2025, .month = 5, .leap = false, .day = 5}},
      {date(2023, 9, 29), {.year = 2023, .month = 8, .leap = false, .day = 15}},
      {date(2025, 10, 6), {.year = 2025, .month = 8, .leap = false, .day = 15}},
      {date(2026, 9, 25), {.year = 2026, .month = 8, .leap = false, .day = 15}},
      {date(1996, 9, 27), {.year = 1996, .month = 8, .leap = false, .day = 15}},
  };
  for (const auto& one : cases)
    EXPECT_EQ(lunar_date(one.date), one.lunar) << static_cast<int>(one.date.year());
}

TEST(LunarCalendar, KnowsLeapMonths) {
  EXPECT_EQ(lunar_date(date(2023, 3, 22)), (LunarDate{.year = 2023, .month = 2, .leap = true, .day = 1}));
  EXPECT_EQ(lunar_date(date(2023, 4, 20)), (LunarDate{.year = 2023, .month = 3, .leap = false, .day = 1}));
  EXPECT_EQ(lunar_date(date(2025, 7, 25)), (LunarDate{.year = 2025, .month = 6, .leap = true, .day = 1}));
  EXPECT_EQ(lunar_date(date(2020, 5, 23)), (LunarDate{.year = 2020, .month = 4, .leap = true, .day = 1}));
  EXPECT_EQ(lunar_date(date(2033, 12, 22)), (LunarDate{.year = 2033, .month = 11, .leap = true, .day = 1}));
}

TEST(LunarCalendar, EveryDayFollowsTheOneBefore) {
  std::optional<LunarDate> before;
  int days = 0;
  for (auto at = std::chrono::sys_days(date(1900, 1, 31)); at <= std::chrono::sys_days(date(2101, 1, 28));
       at += std::chrono::days(1), ++days) {
    const auto now = lunar_date(at);
    ASSERT_TRUE(now);
    if (before && now->day != 1) {
      ASSERT_EQ(now->day, before->day + 1);
    }
    if (before && now->day == 1) {
      ASSERT_GE(before->day, 29);
    }
    before = now;
  }
  EXPECT_EQ(days, 73412);
  EXPECT_FALSE(lunar_date(date(1900, 1, 30)));
  EXPECT_FALSE(lunar_date(date(2101, 1, 29)));
  EXPECT_FALSE(lunar_date(date(2023, 2, 30)));
}

TEST(LunarCalendar, WritesDatesAsTheyAreSaid) {
  EXPECT_EQ(lunar_date_text(*lunar_date(date(2024, 2, 10))), "甲辰年正月初一");
  EXPECT_EQ(lunar_date_text(*lunar_date(date(2025, 8, 13))), "乙巳年闰六月二十");
  EXPECT_EQ(lunar_date_text(*lunar_date(date(2025, 8, 16))), "乙巳年闰六月廿三");
  EXPECT_EQ(lunar_date_text(*lunar_date(date(2024, 2, 9))), "癸卯年十二月三十");
  EXPECT_EQ(lunar_date_text(*lunar_date(date(2025, 3, 8))), "乙巳年二月初九");
  EXPECT_EQ(zodiac_name(2024), "Dragon 龙");
  EXPECT_EQ(zodiac_name(2025), "Snake 蛇");
  EXPECT_EQ(zodiac_name(1900), "Rat 鼠");
}

}  // namespace
}  // namespace earshot::worker
