#include "worker/memory/time_words.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>

namespace earshot::worker {
namespace {

// "2026-11-18 10:00"
LocalSeconds at(const std::string& text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  EXPECT_GE(std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute), 3) << text;
  return LocalSeconds(*day_of(year, month, day)) + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::string shown(LocalSeconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(time - LocalSeconds(day)).count();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(minute / 60), static_cast<int>(minute % 60));
  return text.data();
}

std::string shown(const std::vector<TimeRange>& ranges) {
  std::string text;
  for (const TimeRange& one : ranges)
    text += (text.empty() ? "" : "; ") + shown(one.from) + " - " + shown(one.until);
  return text;
}

// A Wednesday.
const LocalSeconds kNow = at("2026-11-18 10:00");

struct Vector {
  const char* said;
  const char* ranges;
};

void PrintTo(const Vector& one, std::ostream* out) {
  *out << one.said;
}

class TimeWordsTable : public testing::TestWithParam<Vector> {};

TEST_P(TimeWordsTable, NamesTheRange) {
  EXPECT_EQ(shown(time_words(GetParam().said, kNow).ranges), GetParam().ranges) << GetParam().said;
}

constexpr const char* kYesterday = "2026-11-17 00:00 - 2026-11-18 00:00";
constexpr const char* kToday = "2026-11-18 00:00 - 2026-11-19 00:00";
constexpr const char* kLastWeek = "2026-11-09 00:00 - 2026-11-16 00:00";
constexpr const char* kThisWeek = "2026-11-16 00:00 - 2026-11-23 00:00";
constexpr const char* kTwoDaysAgo = "2026-11-16 00:00 - 2026-11-17 00:00";
constexpr const char* kThreeDaysAgo = "2026-11-15 00:00 - 2026-11-16 00:00";
constexpr const char* kRecently = "2026-11-12 00:00 - 2026-11-19 00:00";

INSTANTIATE_TEST_SUITE_P(
    Chinese, TimeWordsTable,
    testing::Values(Vector{"昨天聊了什么", kYesterday}, Vector{"今天", kToday},
                    Vector{"前天我说了什么", kTwoDaysAgo}, Vector{"大前天", kThreeDaysAgo},
                    Vector{"大大前天", "2026-11-14 00:00 - 2026-11-15 00:00"},
                    Vector{"明天", "2026-11-19 00:00 - 2026-11-20 00:00"}, Vector{"上周去了哪里", kLastWeek},
                    Vector{"上个星期", kLastWeek}, Vector{"这周", kThisWeek}, Vector{"本周", kThisWeek},
                    Vector{"上上周", "2026-11-02 00:00 - 2026-11-09 00:00"},
                    Vector{"上上个礼拜", "2026-11-02 00:00 - 2026-11-09 00:00"}, Vector{"周三", kToday},
                    Vector{"星期五", "2026-11-13 00:00 - 2026-11-14 00:00"},
                    Vector{"上周三", "2026-11-11 00:00 - 2026-11-12 00:00"},
                    Vector{"上星期天", "2026-11-15 00:00 - 2026-11-16 00:00"},
                    Vector{"礼拜一", "2026-11-16 00:00 - 2026-11-17 00:00"},
                    Vector{"上周末", "2026-11-14 00:00 - 2026-11-16 00:00"},
                    Vector{"周末", "2026-11-14 00:00 - 2026-11-16 00:00"},
                    Vector{"上个月", "2026-10-01 00:00 - 2026-11-01 00:00"},
                    Vector{"这个月", "2026-11-01 00:00 - 2026-12-01 00:00"},
                    Vector{"去年", "2025-01-01 00:00 - 2026-01-01 00:00"},
                    Vector{"今年", "2026-01-01 00:00 - 2027-01-01 00:00"},
                    Vector{"大前年", "2023-01-01 00:00 - 2024-01-01 00:00"}, Vector{"两天前", kTwoDaysAgo},
                    Vector{"十二天前", "2026-11-06 00:00 - 2026-11-07 00:00"},
                    Vector{"3天之前", kThreeDaysAgo}, Vector{"两周前", "2026-11-02 00:00 - 2026-11-09 00:00"},
                    Vector{"三个月前", "2026-08-01 00:00 - 2026-09-01 00:00"},
                    Vector{"两年前", "2024-01-01 00:00 - 2025-01-01 00:00"},
                    Vector{"三小时前", "2026-11-18 06:30 - 2026-11-18 07:30"},
                    Vector{"3月5日", "2026-03-05 00:00 - 2026-03-06 00:00"},
                    Vector{"十二月二十四号", "2025-12-24 00:00 - 2025-12-25 00:00"},
                    Vector{"2025年3月5日", "2025-03-05 00:00 - 2025-03-06 00:00"},
                    Vector{"二〇二五年三月", "2025-03-01 00:00 - 2025-04-01 00:00"},
                    Vector{"去年三月", "2025-03-01 00:00 - 2025-04-01 00:00"},
                    Vector{"去年夏天", "2025-06-01 00:00 - 2025-09-01 00:00"},
                    Vector{"冬天", "2025-12-01 00:00 - 2026-03-01 00:00"},
                    Vector{"上个月5号", "2026-10-05 00:00 - 2026-10-06 00:00"},
                    Vector{"5号", "2026-11-05 00:00 - 2026-11-06 00:00"},
                    Vector{"25号", "2026-10-25 00:00 - 2026-10-26 00:00"},
                    Vector{"今天中午吃了什么", "2026-11-18 11:00 - 2026-11-18 13:00"},
                    Vector{"昨天早上", "2026-11-17 05:00 - 2026-11-17 11:00"},
                    Vector{"昨天上午", "2026-11-17 06:00 - 2026-11-17 12:00"},
                    Vector{"昨天的下午", "2026-11-17 12:00 - 2026-11-17 18:00"},
                    Vector{"上周三晚上", "2026-11-11 18:00 - 2026-11-12 00:00"},
                    Vector{"昨晚", "2026-11-17 18:00 - 2026-11-18 00:00"},
                    Vector{"今天凌晨", "2026-11-18 00:00 - 2026-11-18 06:00"},
                    Vector{"下午", "2026-11-17 12:00 - 2026-11-17 18:00"},
                    Vector{"早上", "2026-11-18 05:00 - 2026-11-18 11:00"},
                    Vector{"昨天下午三点", "2026-11-17 15:00 - 2026-11-17 16:00"},
                    Vector{"昨晚八点半", "2026-11-17 20:30 - 2026-11-17 21:30"}, Vector{"最近", kRecently},
                    Vector{"这几天", kRecently}, Vector{"最近三天", "2026-11-15 00:00 - 2026-11-19 00:00"},
                    Vector{"几天前", "2026-11-11 00:00 - 2026-11-18 00:00"},
                    Vector{"周一到周三", "2026-11-16 00:00 - 2026-11-19 00:00"},
                    Vector{"上周一到上周三", "2026-11-09 00:00 - 2026-11-12 00:00"},
                    Vector{"3月1日到5日", "2026-03-01 00:00 - 2026-03-06 00:00"},
                    Vector{"昨天早上八点到十点", "2026-11-17 08:00 - 2026-11-17 11:00"},
                    Vector{"昨天和前天",
                           "2026-11-17 00:00 - 2026-11-18 00:00; 2026-11-16 00:00 - 2026-11-17 00:00"},
                    Vector{"昨天早上和上周三晚上说过什么",
                           "2026-11-17 05:00 - 2026-11-17 11:00; 2026-11-11 18:00 - 2026-11-12 00:00"}));

INSTANTIATE_TEST_SUITE_P(
    English, TimeWordsTable,
    testing::Values(
        Vector{"what did we talk about yesterday?", kYesterday}, Vector{"Today", kToday},
        Vector{"the day before yesterday", kTwoDaysAgo},
        Vector{"the day before the day before yesterday", kThreeDaysAgo},
        Vector{"tomorrow", "2026-11-19 00:00 - 2026-11-20 00:00"},
        Vector{"what happened last week", kLastWeek}, Vector{"this week", kThisWeek},
        Vector{"the week before last", "2026-11-02 00:00 - 2026-11-09 00:00"}, Vector{"on Wednesday", kToday},
        Vector{"last Friday", "2026-11-13 00:00 - 2026-11-14 00:00"},
        Vector{"last Wednesday", "2026-11-11 00:00 - 2026-11-12 00:00"},
        Vector{"on Monday evening", "2026-11-16 17:00 - 2026-11-17 00:00"},
        Vector{"last week on Tuesday", "2026-11-10 00:00 - 2026-11-11 00:00"},
        Vector{"last weekend", "2026-11-14 00:00 - 2026-11-16 00:00"},
        Vector{"last month", "2026-10-01 00:00 - 2026-11-01 00:00"},
        Vector{"last year", "2025-01-01 00:00 - 2026-01-01 00:00"}, Vector{"two days ago", kTwoDaysAgo},
        Vector{"3 days ago", kThreeDaysAgo}, Vector{"a week ago", kLastWeek},
        Vector{"twenty one days ago", "2026-10-28 00:00 - 2026-10-29 00:00"},
        Vector{"three months ago", "2026-08-01 00:00 - 2026-09-01 00:00"},
        Vector{"two hours ago", "2026-11-18 07:30 - 2026-11-18 08:30"},
        Vector{"on March 5th", "2026-03-05 00:00 - 2026-03-06 00:00"},
        Vector{"the 5th of March", "2026-03-05 00:00 - 2026-03-06 00:00"},
        Vector{"December 24", "2025-12-24 00:00 - 2025-12-25 00:00"},
        Vector{"March 5, 2025", "2025-03-05 00:00 - 2025-03-06 00:00"},
        Vector{"in March 2025", "2025-03-01 00:00 - 2025-04-01 00:00"},
        Vector{"2026-11-02", "2026-11-02 00:00 - 2026-11-03 00:00"},
        Vector{"in May", "2026-05-01 00:00 - 2026-06-01 00:00"},
        Vector{"last December", "2025-12-01 00:00 - 2026-01-01 00:00"},
        Vector{"in 2024", "2024-01-01 00:00 - 2025-01-01 00:00"},
        Vector{"last summer", "2026-06-01 00:00 - 2026-09-01 00:00"},
        Vector{"in the winter", "2025-12-01 00:00 - 2026-03-01 00:00"},
        Vector{"on the 5th", "2026-11-05 00:00 - 2026-11-06 00:00"},
        Vector{"yesterday morning", "2026-11-17 05:00 - 2026-11-17 12:00"},
        Vector{"yesterday in the afternoon", "2026-11-17 12:00 - 2026-11-17 18:00"},
        Vector{"last night", "2026-11-17 18:00 - 2026-11-18 06:00"},
        Vector{"this morning", "2026-11-18 05:00 - 2026-11-18 12:00"},
        Vector{"yesterday at 8 pm", "2026-11-17 20:00 - 2026-11-17 21:00"},
        Vector{"yesterday at three o'clock in the afternoon", "2026-11-17 15:00 - 2026-11-17 16:00"},
        Vector{"recently", kRecently}, Vector{"the last three days", "2026-11-15 00:00 - 2026-11-19 00:00"},
        Vector{"from Monday to Wednesday", "2026-11-16 00:00 - 2026-11-19 00:00"},
        Vector{"between March 1st and March 5th", "2026-03-01 00:00 - 2026-03-06 00:00"},
        Vector{"yesterday or last week",
               "2026-11-17 00:00 - 2026-11-18 00:00; 2026-11-09 00:00 - 2026-11-16 00:00"}));

INSTANTIATE_TEST_SUITE_P(
    Nothing, TimeWordsTable,
    testing::Values(Vector{"", ""}, Vector{"你好", ""}, Vector{"早上好", ""}, Vector{"good morning", ""},
                    Vector{"how are you", ""}, Vector{"2月30日", ""}, Vector{"13月5日", ""},
                    Vector{"45号", ""}, Vector{"February 30th", ""}, Vector{"0天前", ""},
                    Vector{"99999999999999999999天前", ""},
                    Vector{"9999 days ago and more", "1999-07-04 00:00 - 1999-07-05 00:00"},
                    Vector{"9999年前", ""}, Vector{"9999 years ago", ""}, Vector{"一周三次", ""},
                    Vector{"10号线怎么走", ""}, Vector{"may I ask", ""}, Vector{"march on", ""},
                    Vector{"set it to 8 pm", ""}, Vector{"八点叫我", ""}, Vector{"the day before", ""},
                    Vector{"todayish", ""}, Vector{"一点都不好", ""}, Vector{"\xe6\x98", ""},
                    Vector{"大大大大大大大大大大大大", ""}));

TEST(TimeWords, LeavesTheRestOfTheSentence) {
  EXPECT_EQ(time_words("昨天聊了猫吗", kNow).rest, " 聊了猫吗");
  EXPECT_EQ(time_words("what about the cat yesterday?", kNow).rest, "what about the cat  ?");
}

TEST(TimeWords, HoldsAtMostFourRanges) {
  EXPECT_EQ(time_words("昨天，前天，大前天，上周，上个月，去年", kNow).ranges.size(), TimeWords::kMaxRanges);
}

TEST(TimeWords, TheWeekBeginsOnMonday) {
  const LocalSeconds sunday = at("2026-11-22 23:59");
  EXPECT_EQ(shown(time_words("this week", sunday).ranges), kThisWeek);
  EXPECT_EQ(shown(time_words("this week", at("2026-11-23 00:00")).ranges),
            "2026-11-23 00:00 - 2026-11-30 00:00");
  EXPECT_EQ(shown(time_words("周日", sunday).ranges), "2026-11-22 00:00 - 2026-11-23 00:00");
}

TEST(TimeWords, CrossesYearsAndLeapDays) {
  EXPECT_EQ(shown(time_words("昨天", at("2027-01-01 00:30")).ranges), "2026-12-31 00:00 - 2027-01-01 00:00");
  EXPECT_EQ(shown(time_words("上个月", at("2027-01-15 12:00")).ranges),
            "2026-12-01 00:00 - 2027-01-01 00:00");
  EXPECT_EQ(shown(time_words("yesterday", at("2028-03-01 08:00")).ranges),
            "2028-02-29 00:00 - 2028-03-01 00:00");
  EXPECT_EQ(shown(time_words("2月29日", kNow).ranges), "2024-02-29 00:00 - 2024-03-01 00:00");
}

// A device whose clock has not been set yet, or has jumped.
TEST(TimeWords, AClockThatIsWrongIsNoHarm) {
  EXPECT_EQ(shown(time_words("昨天", LocalSeconds{}).ranges), "1969-12-31 00:00 - 1970-01-01 00:00");
  EXPECT_EQ(shown(time_words("last year", LocalSeconds(std::chrono::seconds(-5'000'000'000))).ranges), "");
  for (const std::int64_t seconds : {-100'000'000'000LL, 100'000'000'000LL, 8'000'000'000LL}) {
    const LocalSeconds now{std::chrono::seconds(seconds)};
    for (const char* said :
         {"昨天", "last week", "上个月5号", "last summer", "2月29日", "周五", "25号", "两年前"})
      (void)time_words(said, now);
  }
}

}  // namespace
}  // namespace earshot::worker
