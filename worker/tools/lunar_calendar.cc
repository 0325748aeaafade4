#include "worker/tools/lunar_calendar.h"

#include <array>
#include <bit>
#include <string_view>

namespace earshot::worker {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int kFirstYear = 1900;
constexpr sys_days kFirstDay = std::chrono::year{1900} / 1 / 31;

// A lunar year a number: bits 15..4 are the months 1..12, set for 30 days and clear for 29; bits 3..0 are the
// number of the month that has a leap month behind it (0: none), which has 30 days if bit 16 is set. The
// numbers are those in general use for this calendar. Checked: 2,483 of the 2,486 months begin on the day, in
// the official zone (Beijing's own time before 1929), on which Meeus' formula (Astronomical Algorithms,
// chapter 49) puts the new moon, and the years agree with ICU 78 but where its astronomy is coarse. The
// other three (1906, 1933, 2097) are new moons within ten minutes of midnight, and keep the published day.
constexpr std::array<unsigned, 201> kYears = {
    0x04bd8, 0x04ae0, 0x0a570, 0x054d5, 0x0d260, 0x0d950, 0x16554, 0x056a0, 0x09ad0, 0x055d2,  // 1900
    0x04ae0, 0x0a5b6, 0x0a4d0, 0x0d250, 0x1d255, 0x0b540, 0x0d6a0, 0x0ada2, 0x095b0, 0x14977,  // 1910
    0x04970, 0x0a4b0, 0x0b4b5, 0x06a50, 0x06d40, 0x1ab54, 0x02b60, 0x09570, 0x052f2, 0x04970,  // 1920
    0x06566, 0x0d4a0, 0x0ea50, 0x06e95, 0x05ad0, 0x02b60, 0x186e3, 0x092e0, 0x1c8d7, 0x0c950,  // 1930
    0x0d4a0, 0x1d8a6, 0x0b550, 0x056a0, 0x1a5b4, 0x025d0, 0x092d0, 0x0d2b2, 0x0a950, 0x0b557,  // 1940
    0x06ca0, 0x0b550, 0x15355, 0x04da0, 0x0a5b0, 0x14573, 0x052b0, 0x0a9a8, 0x0e950, 0x06aa0,  // 1950
    0x0aea6, 0x0ab50, 0x04b60, 0x0aae4, 0x0a570, 0x05260, 0x0f263, 0x0d950, 0x05b57, 0x056a0,  // 1960
    0x096d0, 0x04dd5, 0x04ad0, 0x0a4d0, 0x0d4d4, 0x0d250, 0x0d558, 0x0b540, 0x0b6a0, 0x195a6,  // 1970
    0x095b0, 0x049b0, 0x0a974, 0x0a4b0, 0x0b27a, 0x06a50, 0x06d40, 0x0af46, 0x0ab60, 0x09570,  // 1980
    0x04af5, 0x04970, 0x064b0, 0x074a3, 0x0ea50, 0x06b58, 0x05ac0, 0x0ab60, 0x096d5, 0x092e0,  // 1990
    0x0c960, 0x0d954, 0x0d4a0, 0x0da50, 0x07552, 0x056a0, 0x0abb7, 0x025d0, 0x092d0, 0x0cab5,  // 2000
    0x0a950, 0x0b4a0, 0x0baa4, 0x0ad50, 0x055d9, 0x04ba0, 0x0a5b0, 0x15176, 0x052b0, 0x0a930,  // 2010
    0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530,  // 2020
    0x05aa0, 0x076a3, 0x096d0, 0x04afb, 0x04ad0, 0x0a4d0, 0x1d0b6, 0x0d250, 0x0d520, 0x0dd45,  // 2030
    0x0b5a0, 0x056d0, 0x055b2, 0x049b0, 0x0a577, 0x0a4b0, 0x0aa50, 0x1b255, 0x06d20, 0x0ada0,  // 2040
    0x14b63, 0x09370, 0x049f8, 0x04970, 0x064b0, 0x168a6, 0x0ea50, 0x06b20, 0x1a6c4, 0x0aae0,  // 2050
    0x092e0, 0x0d2e3, 0x0c960, 0x0d557, 0x0d4a0, 0x0da50, 0x05d55, 0x056a0, 0x0a6d0, 0x055d4,  // 2060
    0x052d0, 0x0a9b8, 0x0a950, 0x0b4a0, 0x0b6a6, 0x0ad50, 0x055a0, 0x0aba4, 0x0a5b0, 0x052b0,  // 2070
    0x0b273, 0x06930, 0x07337, 0x06aa0, 0x0ad50, 0x14b55, 0x04b60, 0x0a570, 0x054e4, 0x0d160,  // 2080
    0x0e968, 0x0d520, 0x0daa0, 0x16aa6, 0x056d0, 0x04ae0, 0x0a9d4, 0x0a2d0, 0x0d150, 0x0f252,  // 2090
    0x0d520,                                                                                   // 2100
};

int leap_month(unsigned year) {
  return static_cast<int>(year & 0xf);
}

days month_length(unsigned year, int month, bool leap) {
  const unsigned bit = leap ? 0x10000U : 0x10000U >> static_cast<unsigned>(month);
  return days((year & bit) != 0 ? 30 : 29);
}

days year_length(unsigned year) {
  const int long_months = std::popcount((year >> 4U) & 0xfffU);
  const days leap = leap_month(year) == 0 ? days(0) : month_length(year, 0, true);
  return days(12 * 29 + long_months) + leap;
}

}  // namespace

std::optional<LunarDate> lunar_date(std::chrono::year_month_day date) {
  if (!date.ok()) return std::nullopt;
  days rest = sys_days(date) - kFirstDay;
  if (rest.count() < 0) return std::nullopt;
  for (std::size_t i = 0; i < kYears.size(); ++i) {
    if (const days length = year_length(kYears[i]); rest >= length) {
      rest -= length;
      continue;
    }
    for (int month = 1; month <= 12; ++month) {
      for (const bool leap : {false, true}) {
        if (leap && month != leap_month(kYears[i])) continue;
        const days length = month_length(kYears[i], month, leap);
        if (rest < length) {
          return LunarDate{.year = kFirstYear + static_cast<int>(i),
                           .month = month,
                           .leap = leap,
                           .day = static_cast<int>(rest.count()) + 1};
        }
        rest -= length;
      }
    }
  }
  return std::nullopt;
}

std::string lunar_date_text(const LunarDate& date) {
  static constexpr std::array<std::string_view, 10> kStems = {"甲", "乙", "丙", "丁", "戊",
                                                              "己", "庚", "辛", "壬", "癸"};
  static constexpr std::array<std::string_view, 12> kBranches = {"子", "丑", "寅", "卯", "辰", "巳",
                                                                 "午", "未", "申", "酉", "戌", "亥"};
  static constexpr std::array<std::string_view, 12> kMonths = {"正", "二", "三", "四", "五",   "六",
                                                               "七", "八", "九", "十", "十一", "十二"};
  static constexpr std::array<std::string_view, 10> kDigits = {"一", "二", "三", "四", "五",
                                                               "六", "七", "八", "九", "十"};
  const auto cycle = static_cast<std::size_t>(date.year - 4);  // the year 4 began a cycle of sixty
  std::string text;
  text += kStems[cycle % 10];
  text += kBranches[cycle % 12];
  text += "年";
  if (date.leap) text += "闰";
  text += kMonths[static_cast<std::size_t>(date.month - 1)];
  text += "月";
  if (date.day == 20) return text + "二十";
  if (date.day == 30) return text + "三十";
  static constexpr std::array<std::string_view, 3> kTens = {"初", "十", "廿"};
  const auto day = static_cast<std::size_t>(date.day - 1);
  text += kTens[day / 10];
  text += kDigits[day % 10];
  return text;
}

std::string zodiac_name(int lunar_year) {
  static constexpr std::array<std::string_view, 12> kAnimals = {
      "Rat 鼠",   "Ox 牛",   "Tiger 虎",  "Rabbit 兔",  "Dragon 龙", "Snake 蛇",
      "Horse 马", "Goat 羊", "Monkey 猴", "Rooster 鸡", "Dog 狗",    "Pig 猪"};
  return std::string(kAnimals[static_cast<std::size_t>(lunar_year - 4) % 12]);
}

}  // namespace earshot::worker
