// yesterday, last Friday, two weeks ago, March 5th, last summer, this morning, at 8 pm.
#include <array>

#include "worker/memory/time_pieces.h"

namespace earshot::worker {

namespace {

using std::chrono::days;
using EnglishPiece = std::optional<TimePiece>;
using EnglishKind = TimePiece::Kind;

constexpr int kLately = 7;  // days: lately, the last few days
constexpr int kFortnight = 14;

LocalDays this_day(LocalSeconds now) {
  return std::chrono::floor<days>(now);
}

constexpr std::array<std::string_view, 7> kWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 5> kSeasonNames{"spring", "summer", "autumn", "winter", "fall"};

template <std::size_t kSize>
std::optional<int> one_of(TimeReader& reader, const std::array<std::string_view, kSize>& names) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (reader.take_word(names[i])) return static_cast<int>(i);
  }
  return std::nullopt;
}

EnglishPiece hours_of(LocalDays day, int from, int until) {
  return TimePiece{.kind = EnglishKind::kSpan,
                   .from = LocalSeconds(day) + std::chrono::hours(from),
                   .until = LocalSeconds(day) + std::chrono::hours(until)};
}

// today, yesterday, the day before (the day before ...) yesterday, last night.
EnglishPiece english_day(TimeReader& reader, LocalSeconds now) {
  const LocalDays today = this_day(now);
  int before = 0;
  int after = 0;
  for (int i = 0; i < 9; ++i) {
    const std::size_t begin = reader.at();
    if (reader.take_word("the")) reader.blanks();
    if (reader.take_word("day before")) {
      ++before;
    } else if (reader.take_word("day after")) {
      ++after;
    } else {
      reader.back_to(begin);
      break;
    }
    reader.blanks();
  }
  if (reader.take_word("yesterday")) return days_piece(today - days(1 + before) + days(after), 1);
  if (reader.take_word("tomorrow")) return days_piece(today + days(1 + after) - days(before), 1);
  if (before + after > 0) return std::nullopt;
  if (reader.take_word("today")) return days_piece(today, 1);
  if (reader.take_word("last night")) return hours_of(today - days(1), 18, 30);
  if (reader.take_word("tonight")) return hours_of(today, 18, 30);
  if (reader.take_word("this morning")) return hours_of(today, 5, 12);
  if (reader.take_word("this afternoon")) return hours_of(today, 12, 18);
  if (reader.take_word("this evening")) return hours_of(today, 17, 24);
  if (reader.take_word("this noon")) return hours_of(today, 11, 13);
  if (reader.take_word("just now"))
    return TimePiece{.kind = EnglishKind::kSpan, .from = now - std::chrono::hours(1), .until = now};
  for (const std::string_view word : {"recently", "lately", "these days"}) {
    if (reader.take_word(word)) return days_piece(today - days(kLately - 1), kLately);
  }
  return std::nullopt;
}

// last week, this month, next year, the week before last, last Friday, last summer, last March, last 3 days.
EnglishPiece english_step(TimeReader& reader, LocalSeconds now) {
  const LocalDays today = this_day(now);
  if (reader.take_word("week before last")) return week_piece(today, -2);
  if (reader.take_word("month before last")) return month_piece(year_of(now), month_of(now) - 2);
  if (reader.take_word("year before last"))
    return TimePiece{.kind = EnglishKind::kYear, .number = year_of(now) - 2};
  int step = 0;
  const bool past = reader.take_word("past");
  if (past || reader.take_word("last") || reader.take_word("previous")) {
    step = -1;
  } else if (reader.take_word("next")) {
    step = 1;
  } else if (!reader.take_word("this")) {
    return std::nullopt;
  }
  reader.blanks();
  if (step < 0 && (reader.take_word("few days") || reader.take_word("couple of days")))
    return days_piece(today - days(kLately - 1), kLately);
  if (past && reader.take_word("week")) return days_piece(today - days(7), 8);
  if (past && reader.take_word("month")) return days_piece(today - days(30), 31);
  if (past && reader.take_word("year")) return days_piece(today - days(365), 366);
  if (reader.take_word("weekend")) {
    const TimePiece week = week_piece(today, step);
    return days_piece(week.first + days(5), 2);
  }
  if (reader.take_word("week")) return week_piece(today, step);
  if (reader.take_word("month")) return month_piece(year_of(now), month_of(now) + step);
  if (reader.take_word("year")) return TimePiece{.kind = EnglishKind::kYear, .number = year_of(now) + step};
  if (const auto weekday = one_of(reader, kWeekdays)) {
    const LocalDays this_weeks = week_piece(today, 0).first + days(*weekday);
    if (step == 0) return days_piece(this_weeks, 1);
    const bool turn_week = step < 0 ? this_weeks >= today : this_weeks <= today;
    return days_piece(turn_week ? this_weeks + days(7 * step) : this_weeks, 1);
  }
  if (const auto month = one_of(reader, kMonths)) {
    int year = year_of(now);
    if (step < 0 && *month + 1 >= month_of(now)) --year;
    if (step > 0 && *month + 1 <= month_of(now)) ++year;
    return month_piece(year, *month + 1);
  }
  if (auto season = one_of(reader, kSeasonNames)) {
    return TimePiece{
        .kind = EnglishKind::kSeason, .number = *season == 4 ? 2 : *season, .day = step, .alone = true};
  }
  const auto count = reader.take_english_number();
  if (!count || *count == 0 || step > 0) return std::nullopt;
  reader.blanks();
  if (reader.take_word("days") || reader.take_word("day"))
    return days_piece(today - days(*count), *count + 1);
  if (reader.take_word("weeks")) return days_piece(today - days(7 * *count), 7 * *count + 1);
  if (reader.take_word("months")) return days_piece(today - days(30 * *count), 30 * *count + 1);
  return std::nullopt;
}

// three days ago, a week ago, a few days ago, two hours ago.
EnglishPiece english_ago(TimeReader& reader, LocalSeconds now) {
  const LocalDays today = this_day(now);
  const auto ago = [&] {
    reader.blanks();
    return reader.take_word("ago") || reader.take_word("earlier");
  };
  if (reader.take_word("a few days") || reader.take_word("some days") || reader.take_word("several days")) {
    if (ago()) return days_piece(today - days(kLately), kLately);
    return std::nullopt;
  }
  if (reader.take_word("a fortnight")) {
    if (ago()) return days_piece(today - days(kFortnight), 1);
    return std::nullopt;
  }
  if (reader.take_word("half an hour")) {
    if (ago())
      return TimePiece{.kind = EnglishKind::kSpan, .from = now - std::chrono::hours(1), .until = now};
    return std::nullopt;
  }
  const auto count = reader.take_english_number();
  if (!count || *count == 0) return std::nullopt;
  reader.blanks();
  if ((reader.take_word("days") || reader.take_word("day")) && ago())
    return days_piece(today - days(*count), 1);
  if ((reader.take_word("weeks") || reader.take_word("week")) && ago()) return week_piece(today, -*count);
  if ((reader.take_word("months") || reader.take_word("month")) && ago())
    return month_piece(year_of(now), month_of(now) - *count);
  if ((reader.take_word("years") || reader.take_word("year")) && ago())
    return TimePiece{.kind = EnglishKind::kYear, .number = year_of(now) - *count};
  if ((reader.take_word("hours") || reader.take_word("hour")) && ago()) {
    const LocalSeconds middle = now - std::chrono::hours(*count);
    return TimePiece{.kind = EnglishKind::kSpan,
                     .from = middle - std::chrono::minutes(30),
                     .until = middle + std::chrono::minutes(30)};
  }
  return std::nullopt;
}

bool take_ordinal(TimeReader& reader, int& day) {
  const auto number = reader.take_digits();
  if (!number) return false;
  day = *number;
  for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
    if (reader.take(ending)) return true;
  }
  return false;
}

bool take_year(TimeReader& reader, int& year) {
  const std::size_t begin = reader.at();
  (void)reader.take(",");
  reader.blanks();
  const auto number = reader.take_digits();
  if (number && *number >= 1900 && *number <= 2200) {
    year = *number;
    return true;
  }
  reader.back_to(begin);
  return false;
}

EnglishPiece month_and_day(TimeReader& reader, int month, int day) {
  int year = 0;
  if (take_year(reader, year)) {
    const auto date = day_of(year, month, day);
    if (date) return days_piece(*date, 1);
    return std::nullopt;
  }
  return TimePiece{.kind = EnglishKind::kMonthDay, .number = month, .day = day};
}

// March 5th (2025), 5th of March, in March, March 2025, 2025-03-05, the 5th, in 2025.
EnglishPiece english_date(TimeReader& reader) {
  const std::size_t begin = reader.at();
  const bool in = reader.take_word("in");
  reader.blanks();
  if (in && reader.take_word("early")) reader.blanks();
  if (in && reader.take_word("late")) reader.blanks();
  if (in && reader.take_word("the")) {
    reader.blanks();
    if (const auto season = one_of(reader, kSeasonNames))
      return TimePiece{.kind = EnglishKind::kSeason, .number = *season == 4 ? 2 : *season, .alone = true};
    return std::nullopt;
  }
  if (const auto month = one_of(reader, kMonths)) {
    const std::size_t behind = reader.at();
    reader.blanks();
    (void)reader.take_word("the");
    reader.blanks();
    int day = 0;
    const bool ordinal = take_ordinal(reader, day);
    if (day >= 1 && day <= 31 && (ordinal || !reader.starts_with(":")))
      return month_and_day(reader, *month + 1, day);
    reader.back_to(behind);
    int year = 0;
    if (take_year(reader, year)) return month_piece(year, *month + 1);
    reader.back_to(behind);
    return TimePiece{.kind = EnglishKind::kMonth, .number = *month + 1, .alone = in};
  }
  if (in) {
    int year = 0;
    if (take_year(reader, year)) return TimePiece{.kind = EnglishKind::kYear, .number = year};
    return std::nullopt;
  }
  reader.back_to(begin);
  if (const auto year = reader.take_digits(); year && *year >= 1900 && reader.take("-")) {
    const auto month = reader.take_digits();
    if (!month || !reader.take("-")) return std::nullopt;
    const auto day = reader.take_digits();
    const auto date = day ? day_of(*year, *month, *day) : std::nullopt;
    if (!date) return std::nullopt;
    return days_piece(*date, 1);
  }
  reader.back_to(begin);
  const bool the = reader.take_word("the");
  reader.blanks();
  int day = 0;
  const bool ordinal = take_ordinal(reader, day);
  if (day < 1 || day > 31) return std::nullopt;
  const std::size_t behind = reader.at();
  reader.blanks();
  (void)reader.take_word("of");
  reader.blanks();
  if (const auto month = one_of(reader, kMonths)) return month_and_day(reader, *month + 1, day);
  reader.back_to(behind);
  if (the && ordinal) return TimePiece{.kind = EnglishKind::kDayOfMonth, .day = day};
  return std::nullopt;
}

// 8 pm, 8:30, 8 o'clock, noon, in the evening.
EnglishPiece english_clock(TimeReader& reader) {
  struct Part {
    std::string_view word;
    int from;
    int until;
  };
  constexpr std::array<Part, 8> kDayParts{{{"morning", 5, 12},
                                           {"noon", 11, 13},
                                           {"lunchtime", 11, 14},
                                           {"lunch", 11, 14},
                                           {"afternoon", 12, 18},
                                           {"evening", 17, 24},
                                           {"night", 18, 30},
                                           {"midnight", 23, 25}}};
  for (const Part& one : kDayParts) {
    if (reader.take_word(one.word))
      return TimePiece{.kind = EnglishKind::kPart, .minutes = one.from * 60, .until_minutes = one.until * 60};
  }
  const auto hour = reader.take_english_number();
  if (!hour || *hour > 23) return std::nullopt;
  int minutes = 0;
  bool sure = false;
  if (reader.take(":")) {
    const auto said = reader.take_digits();
    if (!said || *said > 59) return std::nullopt;
    minutes = *said;
    sure = true;
  }
  reader.blanks();
  int add = 0;
  if (reader.take_word("pm") || reader.take_word("p.m")) {
    add = *hour < 12 ? 12 : 0;
    sure = true;
  } else if (reader.take_word("am") || reader.take_word("a.m")) {
    add = *hour == 12 ? -12 : 0;
    sure = true;
  } else if (reader.take_word("o'clock") || reader.take_word("oclock")) {
    sure = true;
  }
  if (!sure) return std::nullopt;
  return TimePiece{.kind = EnglishKind::kClock, .minutes = (*hour + add) * 60 + minutes};
}

}  // namespace

std::optional<TimePiece> english_piece(TimeReader& reader, LocalSeconds now) {
  if (!reader.at_word()) return std::nullopt;
  const TimeReader here = reader;
  const auto attempt = [&](auto&& read) {
    reader = here;
    return read();
  };
  if (auto p = attempt([&] { return english_day(reader, now); })) return p;
  if (auto p = attempt([&] { return english_ago(reader, now); })) return p;
  if (auto p = attempt([&] { return english_step(reader, now); })) return p;
  if (auto p = attempt([&] { return english_date(reader); })) return p;
  if (auto p = attempt([&] { return english_clock(reader); })) return p;
  return attempt([&]() -> EnglishPiece {
    if (const auto weekday = one_of(reader, kWeekdays))
      return TimePiece{.kind = EnglishKind::kWeekday, .number = *weekday};
    return std::nullopt;
  });
}

}  // namespace earshot::worker
