// 昨天, 上周三, 两个月前, 3月5日, 去年夏天, 晚上八点.
#include <array>

#include "worker/memory/time_pieces.h"

namespace earshot::worker {

namespace {

using std::chrono::days;
using Piece = std::optional<TimePiece>;
using Kind = TimePiece::Kind;

constexpr int kRecentDays = 7;  // 最近, 这几天

LocalDays today_of(LocalSeconds now) {
  return std::chrono::floor<days>(now);
}

Piece part(int from_hour, int until_hour, bool alone = true) {
  return TimePiece{
      .kind = Kind::kPart, .minutes = from_hour * 60, .until_minutes = until_hour * 60, .alone = alone};
}

Piece ago(LocalSeconds now, int count) {
  return days_piece(today_of(now) - days(count), 1);
}

Piece part_on(Piece day, int from_hour, int until_hour) {
  if (!day) return std::nullopt;
  return TimePiece{.kind = Kind::kSpan,
                   .from = LocalSeconds(day->first) + std::chrono::hours(from_hour),
                   .until = LocalSeconds(day->first) + std::chrono::hours(until_hour)};
}

struct NamedDay {
  std::string_view word;
  int ago;
};
constexpr std::array<NamedDay, 10> kDays{{{"今天", 0},
                                          {"今日", 0},
                                          {"昨天", 1},
                                          {"昨日", 1},
                                          {"前天", 2},
                                          {"前日", 2},
                                          {"明天", -1},
                                          {"明日", -1},
                                          {"后天", -2},
                                          {"后日", -2}}};

// 大前天 is a day before 前天, and so on.
Piece named_day(TimeReader& reader, LocalSeconds now) {
  int further = 0;
  while (further < 9 && reader.take("大")) ++further;
  for (const NamedDay& one : kDays) {
    if (further > 0 && one.ago > -2 && one.ago < 2) continue;
    if (!reader.take(one.word)) continue;
    return ago(now, one.ago > 0 ? one.ago + further : one.ago - further);
  }
  if (further > 0) {
    if (reader.take("前年")) return TimePiece{.kind = Kind::kYear, .number = year_of(now) - 2 - further};
    return std::nullopt;
  }
  if (reader.take("昨晚") || reader.take("昨夜")) return part_on(ago(now, 1), 18, 24);
  if (reader.take("前晚")) return part_on(ago(now, 2), 18, 24);
  if (reader.take("今晚") || reader.take("今夜")) return part_on(ago(now, 0), 18, 24);
  if (reader.take("今早") || reader.take("今晨")) return part_on(ago(now, 0), 5, 11);
  return std::nullopt;
}

Piece named_year(TimeReader& reader, LocalSeconds now) {
  constexpr std::array<NamedDay, 5> kYears{
      {{"今年", 0}, {"本年", 0}, {"去年", 1}, {"前年", 2}, {"明年", -1}}};
  for (const NamedDay& one : kYears) {
    if (reader.take(one.word)) return TimePiece{.kind = Kind::kYear, .number = year_of(now) - one.ago};
  }
  return std::nullopt;
}

std::optional<int> weekday_digit(TimeReader& reader) {
  constexpr std::array<std::string_view, 8> kNames{"一", "二", "三", "四", "五", "六", "日", "天"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (reader.take(kNames[i])) return static_cast<int>(i < 7 ? i : 6);
  }
  if (reader.starts_with("1") || reader.starts_with("2") || reader.starts_with("3") ||
      reader.starts_with("4") || reader.starts_with("5") || reader.starts_with("6")) {
    const auto digits = reader.take_digits();
    if (digits && *digits <= 6) return *digits - 1;
  }
  return std::nullopt;
}

bool take_week(TimeReader& reader) {
  return reader.take("周") || reader.take("星期") || reader.take("礼拜");
}

// 上(上)(个)周三, 这个星期, 本周末, 下周.
Piece named_week_or_month(TimeReader& reader, LocalSeconds now) {
  int step = 0;
  if (reader.take("本") || reader.take("这")) {
    step = 0;
  } else if (reader.starts_with("上")) {
    while (step > -20 && reader.take("上")) --step;
  } else if (reader.starts_with("下")) {
    while (step < 20 && reader.take("下")) ++step;
  } else {
    return std::nullopt;
  }
  (void)(reader.take("一个") || reader.take("个"));
  if (reader.take("月")) return month_piece(year_of(now), month_of(now) + step);
  if (!take_week(reader)) return std::nullopt;
  const TimePiece week = week_piece(today_of(now), step);
  if (reader.take("末")) return days_piece(week.first + days(5), 2);
  const std::size_t behind = reader.at();
  if (const auto weekday = weekday_digit(reader)) return days_piece(week.first + days(*weekday), 1);
  reader.back_to(behind);
  return week;
}

// 周三, 星期天, 周末; not of 一周三次.
Piece bare_weekday(TimeReader& reader, LocalSeconds now) {
  for (const std::string_view count : {"一", "两", "三", "四", "几", "每", "个", "0", "1", "2", "3", "4"}) {
    if (reader.follows(count)) return std::nullopt;
  }
  if (!take_week(reader)) return std::nullopt;
  if (reader.take("末")) {
    const TimePiece week = week_piece(today_of(now), 0);
    const bool came = today_of(now) >= week.first + days(5);
    return days_piece(week.first + days(came ? 5 : -2), 2);
  }
  const auto weekday = weekday_digit(reader);
  if (!weekday) return std::nullopt;
  return TimePiece{.kind = Kind::kWeekday, .number = *weekday};
}

Piece recent(TimeReader& reader, LocalSeconds now) {
  const LocalDays today = today_of(now);
  const auto until_now = [&](int count) { return days_piece(today - days(count - 1), count); };
  for (const std::string_view word : {"前几天", "前些天", "前些日子", "前阵子"}) {
    if (reader.take(word)) return days_piece(today - days(kRecentDays), kRecentDays);
  }
  for (const std::string_view word : {"这几天", "这些天", "这阵子", "近来"}) {
    if (reader.take(word)) return until_now(kRecentDays);
  }
  if (reader.take("刚才") || reader.take("刚刚"))
    return TimePiece{.kind = Kind::kSpan, .from = now - std::chrono::hours(1), .until = now};
  const bool latest = reader.take("最近");
  if (!latest && !reader.take("过去") && !reader.take("近") && !reader.take("这") && !reader.take("前"))
    return std::nullopt;
  const std::size_t behind = reader.at();
  (void)reader.take("的");
  if (reader.take("几天") || reader.take("一段时间")) return until_now(kRecentDays);
  const auto count = reader.take_chinese_number();
  (void)reader.take("个");
  if (count && *count > 0 && reader.take("天")) return until_now(*count + 1);
  if (count && *count > 0 && (take_week(reader))) return until_now(*count * 7 + 1);
  if (count && *count > 0 && reader.take("月")) return until_now(*count * 30 + 1);
  reader.back_to(behind);
  if (latest) return until_now(kRecentDays);
  return std::nullopt;
}

// N天前, N周前, N个月前, N年前, N小时前, 几天前.
Piece counted_ago(TimeReader& reader, LocalSeconds now) {
  const LocalDays today = today_of(now);
  const auto before = [&] { return reader.take("之前") || reader.take("以前") || reader.take("前"); };
  if (reader.take("几天")) {
    if (before()) return days_piece(today - days(kRecentDays), kRecentDays);
    return std::nullopt;
  }
  if (reader.take("半")) {
    (void)reader.take("个");
    if (reader.take("小时") && before())
      return TimePiece{.kind = Kind::kSpan, .from = now - std::chrono::hours(1), .until = now};
    if (reader.take("月") && before()) return week_piece(today - days(15), 0);
    if (reader.take("年") && before()) return month_piece(year_of(now), month_of(now) - 6);
    return std::nullopt;
  }
  const auto count = reader.take_chinese_number();
  if (!count || *count == 0) return std::nullopt;
  (void)reader.take("个");
  if (reader.take("天") && before()) return ago(now, *count);
  if (take_week(reader) && before()) return week_piece(today, -*count);
  if (reader.take("月") && before()) return month_piece(year_of(now), month_of(now) - *count);
  if (reader.take("年") && before()) return TimePiece{.kind = Kind::kYear, .number = year_of(now) - *count};
  if ((reader.take("小时") || reader.take("钟头")) && before()) {
    const LocalSeconds middle = now - std::chrono::hours(*count);
    return TimePiece{.kind = Kind::kSpan,
                     .from = middle - std::chrono::minutes(30),
                     .until = middle + std::chrono::minutes(30)};
  }
  return std::nullopt;
}

// 2025年, 3月5日, 3月, 5号. What stands in front of it (去年, 上个月) is a piece of its own.
Piece date(TimeReader& reader) {
  const bool counted = reader.follows("第");
  const auto count = reader.take_chinese_number();
  if (!count || counted) return std::nullopt;
  if (*count >= 1900 && *count <= 2200 && reader.take("年"))
    return TimePiece{.kind = Kind::kYear, .number = *count};
  if (*count >= 1 && *count <= 12 && reader.take("月")) {
    (void)reader.take("份");
    const std::size_t behind = reader.at();
    const auto day = reader.take_chinese_number();
    if (day && (reader.take("日") || reader.take("号")))
      return TimePiece{.kind = Kind::kMonthDay, .number = *count, .day = *day};
    reader.back_to(behind);
    return TimePiece{.kind = Kind::kMonth, .number = *count, .alone = true};
  }
  if (*count >= 1 && *count <= 31 && (reader.take("号") || reader.take("日"))) {
    for (const std::string_view place : {"线", "楼", "门", "车", "房", "机", "公", "选"}) {
      if (reader.starts_with(place)) return std::nullopt;
    }
    return TimePiece{.kind = Kind::kDayOfMonth, .day = *count};
  }
  return std::nullopt;
}

// 三点, 3点半, 八点一刻, 8点20分. 一点 is also "a little".
Piece clock(TimeReader& reader) {
  const auto hour = reader.take_chinese_number();
  if (!hour || *hour > 24) return std::nullopt;
  const bool colon = reader.take(":") || reader.take("：");
  if (!colon && !reader.take("点")) return std::nullopt;
  if (*hour == 1) {
    for (const std::string_view little : {"都", "也", "儿", "不", "没", "点"}) {
      if (reader.starts_with(little)) return std::nullopt;
    }
  }
  int minutes = 0;
  const std::size_t behind = reader.at();
  if (reader.take("半")) {
    minutes = 30;
  } else if (reader.take("一刻")) {
    minutes = 15;
  } else if (const auto said = reader.take_chinese_number(); said && *said < 60) {
    minutes = *said;
    (void)reader.take("分");
  } else {
    if (colon) return std::nullopt;
    reader.back_to(behind);
    (void)(reader.take("钟") || reader.take("整"));
  }
  return TimePiece{.kind = Kind::kClock, .minutes = *hour * 60 + minutes};
}

struct NamedPart {
  std::string_view word;
  int from;
  int until;
};
constexpr std::array<NamedPart, 17> kParts{{{"凌晨", 0, 6},
                                            {"清晨", 5, 11},
                                            {"早晨", 5, 11},
                                            {"早上", 5, 11},
                                            {"清早", 5, 11},
                                            {"上午", 6, 12},
                                            {"中午", 11, 13},
                                            {"正午", 11, 13},
                                            {"午后", 12, 18},
                                            {"下午", 12, 18},
                                            {"傍晚", 17, 20},
                                            {"黄昏", 17, 20},
                                            {"晚上", 18, 24},
                                            {"夜里", 20, 30},
                                            {"夜晚", 18, 24},
                                            {"半夜", 22, 30},
                                            {"深夜", 22, 30}}};

// Not of a greeting, and not of a habit.
Piece part_of_day(TimeReader& reader) {
  const bool habit = reader.follows("每天") || reader.follows("每");
  for (const NamedPart& one : kParts) {
    if (!reader.take(one.word)) continue;
    if (reader.starts_with("好")) return std::nullopt;
    return part(one.from, one.until, !habit);
  }
  return std::nullopt;
}

Piece season(TimeReader& reader) {
  constexpr std::array<std::string_view, 4> kSeasons{"春", "夏", "秋", "冬"};
  for (std::size_t i = 0; i < kSeasons.size(); ++i) {
    if (!reader.take(kSeasons[i])) continue;
    if (!reader.take("天") && !reader.take("季")) return std::nullopt;
    return TimePiece{.kind = Kind::kSeason, .number = static_cast<int>(i), .alone = true};
  }
  return std::nullopt;
}

}  // namespace

std::optional<TimePiece> chinese_piece(TimeReader& reader, LocalSeconds now) {
  const TimeReader here = reader;
  const auto attempt = [&](auto&& read) {
    reader = here;
    return read();
  };
  if (Piece p = attempt([&] { return recent(reader, now); })) return p;
  if (Piece p = attempt([&] { return named_week_or_month(reader, now); })) return p;
  if (Piece p = attempt([&] { return named_day(reader, now); })) return p;
  if (Piece p = attempt([&] { return named_year(reader, now); })) return p;
  if (Piece p = attempt([&] { return counted_ago(reader, now); })) return p;
  if (Piece p = attempt([&] { return date(reader); })) return p;
  if (Piece p = attempt([&] { return clock(reader); })) return p;
  if (Piece p = attempt([&] { return part_of_day(reader); })) return p;
  if (Piece p = attempt([&] { return season(reader); })) return p;
  return attempt([&] { return bare_weekday(reader, now); });
}

}  // namespace earshot::worker
