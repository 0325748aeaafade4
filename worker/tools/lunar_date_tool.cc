#include "worker/tools/lunar_date_tool.h"

#include <chrono>
#include <cstdio>

#include "worker/tools/lunar_calendar.h"

namespace earshot::worker {

namespace {

namespace chrono = std::chrono;

chrono::year_month_day today(const std::tm& local) {
  return {chrono::year(local.tm_year + 1900), chrono::month(static_cast<unsigned>(local.tm_mon + 1)),
          chrono::day(static_cast<unsigned>(local.tm_mday))};
}

}  // namespace

BuiltinToolOutput LunarDateTool::run(const BuiltinToolInput& input) const {
  chrono::year_month_day date = today(input.local_time);
  if (const auto asked = json::find_string(input.arguments, "date"); asked && !asked->empty()) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (std::sscanf(std::string(*asked).c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3)
      return {.text = Error{ErrorCode::kInvalid, "the date is not YYYY-MM-DD"}};
    date = {chrono::year(year), chrono::month(month), chrono::day(day)};
  }
  const auto lunar = lunar_date(date);
  if (!lunar)
    return {.text = Error{ErrorCode::kInvalid, "there is no such date between 1900-01-31 and 2101-01-28"}};
  std::string text = lunar_date_text(*lunar);
  text += ", month " + std::to_string(lunar->month) + (lunar->leap ? " (leap)" : "") + ", day " +
          std::to_string(lunar->day) + ", year of the " + zodiac_name(lunar->year);
  return {.text = std::move(text)};
}

}  // namespace earshot::worker
