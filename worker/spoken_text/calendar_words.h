// Dates and times of day in words. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "worker/spoken_text/tongue.h"

namespace earshot::worker {

struct WrittenDate {
  int year = 0;
  int month = 0;
  int day = 0;
};

struct WrittenTime {
  int hour = 0;  // 0 to 24
  int minute = 0;
  std::optional<int> second;
};

bool is_date(const WrittenDate& date);
bool is_time(const WrittenTime& time);
// `before`: the words in front, on which German endings depend.
std::string date_words(const WrittenDate& date, Tongue tongue, bool month_first, std::string_view before);
// `half_of_day`: "am" or "pm" follows in the text, so that no "o'clock" is needed.
std::string time_words(const WrittenTime& time, Tongue tongue, bool half_of_day);
// Of German "21. November".
// RETURNS: the month, 1 to 12, whose name stands at the front; 0: none does.
int german_month_at(std::string_view text);
std::string german_day_words(int day, std::string_view before);

}  // namespace earshot::worker
