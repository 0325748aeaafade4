// The Chinese lunisolar calendar of 1900-01-31 to 2101-01-28. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace earshot::worker {

struct LunarDate {
  int year = 0;       // the Gregorian year in which the lunar one begins
  int month = 0;      // 1..12
  bool leap = false;  // the second month of this number in its year
  int day = 0;        // 1..30

  bool operator==(const LunarDate&) const = default;
};

// nullopt: outside the table.
std::optional<LunarDate> lunar_date(std::chrono::year_month_day date);

std::string lunar_date_text(const LunarDate& date);  // "乙巳年闰六月廿三"
std::string zodiac_name(int lunar_year);             // "Snake 蛇"

}  // namespace earshot::worker
