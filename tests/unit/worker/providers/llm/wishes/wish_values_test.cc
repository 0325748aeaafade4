// What stands in the slots of a wish: numbers, sums, measures, durations, moments and days.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "worker/providers/llm/wishes/calculation.h"
#include "worker/providers/llm/wishes/measure.h"
#include "worker/providers/llm/wishes/place.h"
#include "worker/providers/llm/wishes/said_duration.h"
#include "worker/providers/llm/wishes/said_moment.h"
#include "worker/providers/llm/wishes/said_number.h"
#include "worker/providers/llm/wishes/said_words.h"

namespace earshot::worker {
namespace {

std::vector<std::string> cut(std::string_view text) {
  return said_words(text).words;
}

TEST(SaidWords, KeepNumbersAndSignsAndWhereTheyStood) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(cut("What is 2.5 x 1,000?"), (Words{"what", "is", "2.5", "x", "1000"}));
  EXPECT_EQ(cut("twenty-five - 3"), (Words{"twenty", "five", "-", "3"}));
  EXPECT_EQ(cut("5km at 7:30, 15% × 2 ÷ 3"),
            (Words{"5", "km", "at", "7:30", "15", "percent", "*", "2", "/", "3"}));
  EXPECT_EQ(cut("What’s up"), (Words{"what's", "up"}));
  EXPECT_EQ(cut("购物清单加2瓶Milk。"), (Words{"购", "物", "清", "单", "加", "2", "瓶", "milk"}));
  EXPECT_EQ(cut("1,2 and 3..4 5."), (Words{"1", "2", "and", "3", "4", "5"}));
  const SaidWords said = said_words("Call  Anna O'Neill, now");
  EXPECT_EQ(said.as_written(1, 3), "Anna O'Neill");
  EXPECT_EQ(said.as_written(2, 9), "");
}

TEST(SaidWords, HaveNoneForTextsThatAreTooLong) {
  EXPECT_TRUE(cut(std::string(kMaxSaidBytes + 1, 'a')).empty());
  std::string many;
  for (std::size_t i = 0; i <= kMaxSaidWords; ++i) many += "a ";
  EXPECT_TRUE(cut(many).empty());
  EXPECT_EQ(cut(many.substr(2)).size(), kMaxSaidWords);
  for (const char* broken : {"\xff\xfe", "\xe4\xb8", "a\xe4", "\xf0\x9f\x98\x80", "\x80\x80"})
    static_cast<void>(cut(broken));
}

struct NumberCase {
  const char* said;
  double value;
};

TEST(SaidNumber, ReadsWordsAndFiguresOfBothLanguages) {
  const NumberCase cases[] = {
      {"zero", 0},
      {"twelve", 12},
      {"twenty five", 25},
      {"one hundred and twenty three", 123},
      {"a hundred", 100},
      {"a thousand", 1000},
      {"two thousand and six", 2006},
      {"five million three hundred thousand and one", 5300001},
      {"3 million", 3e6},
      {"2.5 million", 2.5e6},
      {"five hundred thousand", 500000},
      {"three point one four", 3.14},
      {"zero point five", 0.5},
      {"1,250.5", 1250.5},
      {"007", 7},
      {"十", 10},
      {"二十三", 23},
      {"一百零五", 105},
      {"三百五", 350},
      {"一百一十", 110},
      {"两百", 200},
      {"两万三", 23000},
      {"三万五千", 35000},
      {"3万", 30000},
      {"一亿二千万", 120000000},
      {"三点一四", 3.14},
      {"二零二六", 2026},
  };
  for (const NumberCase& one : cases) {
    const auto value = whole_said_number(cut(one.said));
    ASSERT_TRUE(value) << one.said;
    EXPECT_NEAR(*value, one.value, 1e-9 * std::max(1.0, one.value)) << one.said;
  }
  for (const char* bad : {"", "and", "twenty thirty", "five twelve", "hundred point", "point five",
                          "thousand", "twenty twelve", "十二三四百万个", "点五", "9999999999999999", "1:30",
                          "nine thousand trillion", "half", "two and", "one thousand million trillion"})
    EXPECT_FALSE(whole_said_number(cut(bad))) << bad;
  EXPECT_FALSE(whole_said_number(cut(std::string(400, '9'))));
}

TEST(SaidNumber, IsWrittenShortAndTellsWhenItWasRounded) {
  EXPECT_EQ(written_number(84).text, "84");
  EXPECT_EQ(written_number(-0.0).text, "0");
  EXPECT_EQ(written_number(2.5).text, "2.5");
  EXPECT_TRUE(written_number(0.1 + 0.2).exact);
  EXPECT_EQ(written_number(1.0 / 3).text, "0.3333");
  EXPECT_FALSE(written_number(1.0 / 3).exact);
  EXPECT_EQ(written_number(1e15).text, "1000000000000000");
  EXPECT_EQ(written_number(0.000125).text, "0.000125");
  EXPECT_EQ(written_number(1.0 / 3000).text, "0.0003333");
  EXPECT_EQ(written_number(1e-300).text, "0");
}

struct SumCase {
  const char* said;
  double value;
};

TEST(Calculation, ReadsSums) {
  const SumCase cases[] = {
      {"twelve times seven", 84},
      {"12*7", 84},
      {"12 x 7", 84},
      {"15% of 80", 12},
      {"fifteen percent of eighty", 12},
      {"100 divided by 8", 12.5},
      {"2 plus 3 times 4", 14},
      {"(2 + 3) * 4", 20},
      {"10 - 4 - 3", 3},
      {"five minus ten", -5},
      {"minus five plus ten", 5},
      {"the square root of 144", 12},
      {"9 squared", 81},
      {"2 to the power of 10", 1024},
      {"2^3^2", 512},
      {"half of 30", 15},
      {"twice 21", 42},
      {"add 5 and 7", 12},
      {"subtract 3 from 10", 7},
      {"multiply 6 by 7", 42},
      {"divide 20 by 4", 5},
      {"one hundred and twenty plus thirty", 150},
      {"二十加三十", 50},
      {"一百减去一", 99},
      {"三乘以四", 12},
      {"3乘4加5", 17},
      {"一百除以八", 12.5},
      {"百分之十五的八十", 12},
      {"八十的百分之十五", 12},
      {"80的15%", 12},
      {"十六的平方根", 4},
      {"九的平方", 81},
      {"二的三次方", 8},
      {"负五加三", -2},
  };
  for (const SumCase& one : cases) {
    const auto sum = read_calculation(cut(one.said));
    ASSERT_TRUE(sum) << one.said;
    EXPECT_EQ(sum->trouble, Calculation::Trouble::kNone) << one.said;
    EXPECT_NEAR(sum->value, one.value, 1e-9) << one.said;
  }
}

TEST(Calculation, IsNoSumWhenAnythingIsLeftOrMissing) {
  for (const char* bad : {"", "twelve", "plus", "2 plus", "times 3", "(2 + 3", "2 + 3)", "()", "2 plus milk",
                          "15 percent", "2 2", "加", "二加", "的", "百分之", "add 5", "the square root of"})
    EXPECT_FALSE(read_calculation(cut(bad))) << bad;
  EXPECT_FALSE(read_calculation({}));
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "(";
  EXPECT_FALSE(read_calculation(cut(deep)));
}

TEST(Calculation, TellsWhatCannotBeWorkedOut) {
  using Trouble = Calculation::Trouble;
  EXPECT_EQ(read_calculation(cut("5 / 0"))->trouble, Trouble::kDivisionByZero);
  EXPECT_EQ(read_calculation(cut("一百除以零"))->trouble, Trouble::kDivisionByZero);
  EXPECT_EQ(read_calculation(cut("3 / (2 - 2) * 4"))->trouble, Trouble::kDivisionByZero);
  EXPECT_EQ(read_calculation(cut("9 ^ 9 ^ 9"))->trouble, Trouble::kTooLarge);
  EXPECT_EQ(read_calculation(cut("999999999999999 * 10"))->trouble, Trouble::kTooLarge);
  EXPECT_EQ(read_calculation(cut("the square root of minus 4"))->trouble, Trouble::kNoRealRoot);
  EXPECT_EQ(read_calculation(cut("0 ^ minus 1"))->trouble, Trouble::kTooLarge);
  EXPECT_EQ(read_calculation(cut("(minus 8) ^ 0.5"))->trouble, Trouble::kTooLarge);
}

struct ConversionCase {
  const char* from;
  const char* to;
  double value;
};

TEST(Measure, IsConvertedBetweenUnitsOfOneQuantity) {
  const ConversionCase cases[] = {
      {"5 miles", "kilometers", 8.04672},
      {"a mile", "feet", 5280},
      {"half a mile", "km", 0.804672},
      {"five and a half feet", "cm", 167.64},
      {"1 kg", "pounds", 2.2046226},
      {"a stone", "pounds", 14},
      {"100 degrees fahrenheit", "celsius", 37.7777778},
      {"0 c", "f", 32},
      {"minus 40 celsius", "fahrenheit", -40},
      {"0 kelvin", "degrees celsius", -273.15},
      {"a gallon", "litres", 3.785411784},
      {"2 cups", "ml", 473.17647},
      {"60 mph", "km/h", 96.56064},
      {"10 meters per second", "kilometers per hour", 36},
      {"五公斤", "磅", 11.0231131},
      {"100华氏度", "摄氏度", 37.7777778},
      {"零下10摄氏度", "华氏度", 14},
      {"半斤", "克", 250},
      {"两斤", "公斤", 1},
      {"五两", "克", 250},
      {"一英里", "公里", 1.609344},
      {"100公里每小时", "英里每小时", 62.1371192},
  };
  for (const ConversionCase& one : cases) {
    const auto from = read_measure(cut(one.from));
    const Unit* to = whole_unit(cut(one.to));
    ASSERT_TRUE(from && to != nullptr) << one.from << " " << one.to;
    ASSERT_EQ(from->unit->quantity, to->quantity) << one.from;
    EXPECT_NEAR(converted(from->value, *from->unit, *to), one.value, 1e-5) << one.from << " " << one.to;
  }
  for (const char* bad : {"", "miles", "5", "5 parsecs", "a", "half", "minus", "5 miles 3", "个"})
    EXPECT_FALSE(read_measure(cut(bad))) << bad;
}

struct DurationCase {
  const char* said;
  std::int64_t seconds;
};

TEST(SaidDuration, ReadsHowPeopleSayIt) {
  const DurationCase cases[] = {
      {"ten minutes", 600},
      {"10 min", 600},
      {"a minute", 60},
      {"an hour", 3600},
      {"half an hour", 1800},
      {"half a minute", 30},
      {"an hour and a half", 5400},
      {"two and a half hours", 9000},
      {"1 hour 30 minutes", 5400},
      {"one hour and thirty minutes", 5400},
      {"a quarter of an hour", 900},
      {"three quarters of an hour", 2700},
      {"90 seconds", 90},
      {"1.5 hours", 5400},
      {"a couple of minutes", 120},
      {"two days", 172800},
      {"twenty five minutes", 1500},
      {"十分钟", 600},
      {"半小时", 1800},
      {"半个小时", 1800},
      {"一个半小时", 5400},
      {"两个小时", 7200},
      {"一小时三十分钟", 5400},
      {"一刻钟", 900},
      {"三十秒", 30},
      {"一分半", 90},
      {"10分钟", 600},
      {"一天", 86400},
  };
  for (const DurationCase& one : cases) EXPECT_EQ(read_said_duration(cut(one.said)), one.seconds) << one.said;
  for (const char* bad : {"", "ten", "minutes", "0 minutes", "ten apples", "a", "half", "and", "101 days",
                          "999999999999999 weeks", "ten minutes and", "个小时", "0.1 seconds"})
    EXPECT_FALSE(read_said_duration(cut(bad))) << bad;
}

TEST(SaidDuration, IsSpokenInItsTwoLargestParts) {
  EXPECT_EQ(duration_text(600, "en"), "10 minutes");
  EXPECT_EQ(duration_text(61, "en"), "1 minute and 1 second");
  EXPECT_EQ(duration_text(5400, "en"), "1 hour and 30 minutes");
  EXPECT_EQ(duration_text(86400 + 59, "en"), "1 day");
  EXPECT_EQ(duration_text(5400, "zh-CN"), "1小时30分钟");
  EXPECT_EQ(duration_text(0, "en"), "0 seconds");
  EXPECT_EQ(duration_as_adjective(600, "en"), "10 minute");
  EXPECT_EQ(duration_as_adjective(5400, "zh"), "1小时30分钟");
}

struct MomentCase {
  const char* said;
  int hour;
  int minute;
  bool either;
  std::optional<int> days = std::nullopt;
};

TEST(SaidMoment, ReadsTimesOfTheDay) {
  const MomentCase cases[] = {
      {"seven", 7, 0, true},
      {"7 pm", 19, 0, false},
      {"7:30", 7, 30, true},
      {"19:45", 19, 45, false},
      {"7:30 in the morning", 7, 30, false},
      {"seven thirty pm", 19, 30, false},
      {"12 am", 0, 0, false},
      {"12 pm", 12, 0, false},
      {"half past six", 6, 30, true},
      {"quarter to nine", 8, 45, true},
      {"ten to one in the afternoon", 12, 50, false},
      {"8 o'clock tomorrow", 8, 0, true, 1},
      {"tomorrow at eight", 8, 0, true, 1},
      {"noon", 12, 0, false},
      {"midnight tomorrow", 0, 0, false, 1},
      {"p.m. 3", -1, 0, false},
      {"3 p.m.", 15, 0, false},
      {"三点", 3, 0, true},
      {"下午三点半", 15, 30, false},
      {"明天早上八点", 8, 0, false, 1},
      {"晚上八点一刻", 20, 15, false},
      {"十点二十分", 10, 20, true},
      {"中午12点", 12, 0, false},
      {"", -1, 0, false},
      {"25", -1, 0, false},
      {"7:61", -1, 0, false},
      {"99:00", -1, 0, false},
      {"yesterday at 8", -1, 0, false},
      {"seven eight nine", -1, 0, false},
  };
  for (const MomentCase& one : cases) {
    const auto moment = read_said_moment(cut(one.said));
    ASSERT_EQ(moment.has_value(), one.hour >= 0) << one.said;
    if (!moment) continue;
    EXPECT_EQ(moment->hour, one.hour) << one.said;
    EXPECT_EQ(moment->minute, one.minute) << one.said;
    EXPECT_EQ(moment->either_half, one.either) << one.said;
    EXPECT_EQ(moment->days, one.days) << one.said;
  }
}

struct DayCase {
  const char* said;
  std::optional<int> days;
  std::optional<int> year;
  int month;
  int day;
};

TEST(SaidDay, ReadsDates) {
  const DayCase cases[] = {
      {"tomorrow", 1, {}, 0, 0},
      {"the day after tomorrow", 2, {}, 0, 0},
      {"后天", 2, {}, 0, 0},
      {"December 25", {}, {}, 12, 25},
      {"December 25th, 2026", {}, 2026, 12, 25},
      {"the 4th of July 1776", {}, 1776, 7, 4},
      {"july fourth nineteen eighty four", {}, 1984, 7, 4},
      {"the twenty fifth of december", {}, {}, 12, 25},
      {"may thirty first", {}, {}, 5, 31},
      {"2026年12月25日", {}, 2026, 12, 25},
      {"十二月二十五号", {}, {}, 12, 25},
      {"二零二六年一月一日", {}, 2026, 1, 1},
  };
  for (const DayCase& one : cases) {
    const auto day = read_said_day(cut(one.said));
    ASSERT_TRUE(day) << one.said;
    EXPECT_EQ(day->days, one.days) << one.said;
    EXPECT_EQ(day->year, one.year) << one.said;
    EXPECT_EQ(day->month, one.month) << one.said;
    EXPECT_EQ(day->day, one.day) << one.said;
  }
  for (const char* bad : {"", "the", "december", "25", "december 99", "13月1日", "12月", "the 4th of milk",
                          "2026", "december 25 26 27"})
    EXPECT_FALSE(read_said_day(cut(bad))) << bad;
}

TEST(Place, IsFoundByBothNames) {
  EXPECT_EQ(find_place(cut("New York"))->zone, "America/New_York");
  EXPECT_EQ(find_place(cut("东京"))->zone, "Asia/Tokyo");
  EXPECT_EQ(find_place(cut("Atlantis")), nullptr);
  EXPECT_EQ(find_place({}), nullptr);
}

}  // namespace
}  // namespace earshot::worker
