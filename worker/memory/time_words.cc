#include "worker/memory/time_words.h"

#include <algorithm>
#include <array>
#include <optional>

namespace earshot::worker {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using TimeKind = TimePiece::Kind;

constexpr int kHalfDay = 12 * 60;
constexpr int kWholeDay = 24 * 60;

// What stands between the pieces of one time ("yesterday in the evening", "上周三的早上"), or joins two to a range.
constexpr std::array<std::string_view, 8> kFillerWords{"in",  "on",     "at",    "of",
                                                       "the", "around", "about", "from"};
constexpr std::array<std::string_view, 5> kFillers{"的", "，", "、", ",", "那"};
constexpr std::array<std::string_view, 4> kJoinWords{"to", "till", "until", "through"};
constexpr std::array<std::string_view, 7> kJoins{"到", "至", "直到", "-", "–", "~", "～"};

enum class Gap { kOther, kNothing, kJoin };

Gap gap_between(std::string_view text, std::size_t from, std::size_t to, bool and_joins) {
  TimeReader reader(text.substr(0, to), from);
  Gap gap = Gap::kNothing;
  while (!reader.over()) {
    const std::size_t before = reader.at();
    reader.blanks();
    for (const std::string_view word : kFillerWords) (void)reader.take_word(word);
    for (const std::string_view mark : kFillers) (void)reader.take(mark);
    for (const std::string_view word : kJoinWords) {
      if (reader.take_word(word)) gap = Gap::kJoin;
    }
    for (const std::string_view mark : kJoins) {
      if (reader.take(mark)) gap = Gap::kJoin;
    }
    if (and_joins && reader.take_word("and")) gap = Gap::kJoin;
    if (reader.at() == before) return Gap::kOther;
  }
  return gap;
}

// One time that grows piece by piece.
class Moment {
 public:
  // `after`: it is the end of a range that begins then, and lies behind that.
  Moment(LocalSeconds now, std::optional<TimeRange> after) : now_(now), after_(after) {}

  // RETURNS: false: it does not belong to this time.
  bool add(const TimePiece& piece);
  std::optional<TimeRange> range() const;

 private:
  enum class Level { kNone, kYear, kMonth, kWeek, kDay, kSpan };

  LocalDays today() const { return std::chrono::floor<days>(now_); }
  bool settle(Level level, LocalDays first, LocalDays last) {
    level_ = level;
    first_ = first;
    last_ = last;
    return true;
  }
  bool settle(Level level, const std::optional<TimePiece>& piece) {
    if (!piece) return broken_ = true;
    return settle(level, piece->first, piece->last);
  }
  bool set_year(int year);
  bool set_season(int season, int step);
  bool set_month(int month);
  bool set_month_day(int month, int day);
  bool set_day_of_month(int day);
  bool set_weekday(int weekday);

  LocalSeconds now_;
  std::optional<TimeRange> after_;
  Level level_ = Level::kNone;
  int year_ = 0;
  LocalDays first_{};
  LocalDays last_{};
  std::optional<TimeRange> span_;
  std::optional<std::pair<int, int>> part_;
  std::optional<int> clock_;
  bool alone_ = false;
  bool broken_ = false;  // a day that there is not
};

bool Moment::add(const TimePiece& piece) {
  const bool fresh = level_ == Level::kNone;
  switch (piece.kind) {
    case TimeKind::kSpan:
      if (!fresh || part_ || clock_) return false;
      level_ = Level::kSpan;
      span_ = TimeRange{piece.from, piece.until};
      return true;
    case TimeKind::kYear:
      return fresh && !part_ && set_year(piece.number);
    case TimeKind::kSeason:
      return (fresh || level_ == Level::kYear) && set_season(piece.number, piece.day);
    case TimeKind::kYearMonth:
      return fresh && settle(Level::kMonth, piece.first, piece.last);
    case TimeKind::kMonth:
      if (fresh && !piece.alone && !after_) return false;
      return (fresh || level_ == Level::kYear) && set_month(piece.number);
    case TimeKind::kWeek:
      return fresh && settle(Level::kWeek, piece.first, piece.last);
    case TimeKind::kDay:
      return fresh && settle(Level::kDay, piece.first, piece.last);
    case TimeKind::kMonthDay:
      return (fresh || level_ == Level::kYear) && set_month_day(piece.number, piece.day);
    case TimeKind::kDayOfMonth:
      return (fresh || level_ == Level::kMonth) && set_day_of_month(piece.day);
    case TimeKind::kWeekday:
      return (fresh || level_ == Level::kWeek) && set_weekday(piece.number);
    case TimeKind::kPart:
      if (part_) return false;
      part_ = {piece.minutes, piece.until_minutes};
      alone_ = piece.alone;
      return true;
    case TimeKind::kClock:
      if (clock_) return false;
      clock_ = piece.minutes;
      return true;
  }
  return false;
}

bool Moment::set_year(int year) {
  year_ = year;
  const auto first = day_of(year, 1, 1);
  const auto last = day_of(year + 1, 1, 1);
  if (!first || !last) return broken_ = true;
  return settle(Level::kYear, *first, *last);
}

// Three months from March, June, September or December on.
bool Moment::set_season(int season, int step) {
  const int month = 3 + 3 * season;
  int year = level_ == Level::kYear ? year_ : year_of(now_);
  if (level_ != Level::kYear) {
    const auto begins = month_piece(year, month);
    const auto ends = month_piece(year, month + 2);
    if (!begins || !ends) return broken_ = true;
    if (today() < begins->first || (step < 0 && today() < ends->last)) --year;
    if (step > 0 && today() >= begins->first) ++year;
  }
  const auto begins = month_piece(year, month);
  const auto ends = month_piece(year, month + 2);
  if (!begins || !ends) return broken_ = true;
  return settle(Level::kMonth, begins->first, ends->last);
}

bool Moment::set_month(int month) {
  if (level_ == Level::kYear) return settle(Level::kMonth, month_piece(year_, month));
  int year = year_of(now_);
  if (after_) {
    year = year_of(after_->from);
    if (month < month_of(after_->from)) ++year;
  } else if (month > month_of(now_)) {
    --year;
  }
  return settle(Level::kMonth, month_piece(year, month));
}

bool Moment::set_month_day(int month, int day) {
  int year = level_ == Level::kYear ? year_ : year_of(after_ ? after_->from : now_);
  auto date = day_of(year, month, day);
  if (level_ != Level::kYear) {
    if (after_ && date && LocalSeconds(*date) < after_->from) date = day_of(year + 1, month, day);
    // February 29th is looked for in the years before.
    for (int back = 0; !after_ && back < 8 && (!date || *date > today()); ++back)
      date = day_of(--year, month, day);
  }
  if (!date) return broken_ = true;
  return settle(Level::kDay, *date, *date + days(1));
}

bool Moment::set_day_of_month(int day) {
  const LocalSeconds anchor = level_ == Level::kMonth ? LocalSeconds(first_) : after_ ? after_->from : now_;
  int year = year_of(anchor);
  int month = month_of(anchor);
  auto date = day_of(year, month, day);
  if (level_ == Level::kNone && after_) {
    if (date && LocalSeconds(*date) < after_->from)
      date = month == 12 ? day_of(year + 1, 1, day) : day_of(year, month + 1, day);
  } else if (level_ == Level::kNone) {
    // "the 31st" is of the latest month that has one.
    for (int back = 0; back < 3 && (!date || *date > today()); ++back) {
      year = month == 1 ? year - 1 : year;
      month = month == 1 ? 12 : month - 1;
      date = day_of(year, month, day);
    }
  }
  if (!date) return broken_ = true;
  return settle(Level::kDay, *date, *date + days(1));
}

bool Moment::set_weekday(int weekday) {
  if (level_ == Level::kWeek) return settle(Level::kDay, first_ + days(weekday), first_ + days(weekday + 1));
  const LocalDays anchor = after_ ? std::chrono::floor<days>(after_->from) : today();
  LocalDays day = week_piece(anchor, 0).first + days(weekday);
  if (after_ && day < anchor) day += days(7);
  if (!after_ && day > anchor) day -= days(7);
  return settle(Level::kDay, day, day + days(1));
}

std::optional<TimeRange> Moment::range() const {
  if (broken_) return std::nullopt;
  std::optional<TimeRange> range = span_;
  if (level_ != Level::kNone && level_ != Level::kSpan)
    range = TimeRange{LocalSeconds(first_), LocalSeconds(last_)};
  const bool one_day = level_ == Level::kDay && last_ - first_ == days(1);
  if (!part_ && !clock_) return range;
  if (range && !one_day && level_ != Level::kSpan) return range;  // "last week in the evening": the week
  LocalSeconds day = LocalSeconds(range    ? std::chrono::floor<days>(range->from)
                                  : after_ ? std::chrono::floor<days>(after_->from)
                                           : today());
  auto part = part_;
  if (!range && !after_) {
    if (!part || !alone_) return std::nullopt;  // "at eight" is no time to remember
    if (day + minutes(part->first) > now_) day -= days(1);
  }
  if (!clock_) return TimeRange{day + minutes(part->first), day + minutes(part->second)};
  int clock = *clock_;
  const bool late = (part && part->first >= kHalfDay) || (range && range->from - day >= minutes(kHalfDay));
  if (late && clock < kHalfDay) clock += kHalfDay;
  if (!part && after_ && day + minutes(clock) < after_->from && clock < kHalfDay) clock += kHalfDay;
  if (clock > kWholeDay) return std::nullopt;
  return TimeRange{day + minutes(clock), day + minutes(clock + 60)};
}

struct Found {
  TimeRange range;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// From pieces[i] on, which then is the first that does not belong to it.
std::optional<Found> next_time(std::string_view text, const std::vector<TimePiece>& pieces, std::size_t& i,
                               LocalSeconds now, std::optional<TimeRange> after) {
  Moment moment(now, after);
  const std::size_t first = i;
  if (!moment.add(pieces[i++])) return std::nullopt;
  while (i < pieces.size() && gap_between(text, pieces[i - 1].end, pieces[i].begin, false) == Gap::kNothing &&
         moment.add(pieces[i]))
    ++i;
  const auto range = moment.range();
  if (!range || range->until <= range->from) return std::nullopt;
  return Found{.range = *range, .begin = pieces[first].begin, .end = pieces[i - 1].end};
}

bool behind_between(std::string_view text, std::size_t begin) {
  const std::string_view before = text.substr(0, begin);
  return before.ends_with("between ") || before.ends_with("Between ");
}

std::vector<Found> all_times(std::string_view text, LocalSeconds now) {
  const std::vector<TimePiece> pieces = time_pieces(text, now);
  std::vector<Found> found;
  for (std::size_t i = 0; i < pieces.size() && found.size() < TimeWords::kMaxRanges;) {
    auto time = next_time(text, pieces, i, now, std::nullopt);
    if (!time) continue;
    const bool joined = i < pieces.size() && gap_between(text, pieces[i - 1].end, pieces[i].begin,
                                                         behind_between(text, time->begin)) == Gap::kJoin;
    if (joined) {
      std::size_t behind = i;
      const auto end = next_time(text, pieces, behind, now, time->range);
      if (end && end->range.until > time->range.from) {
        time->range.until = end->range.until;
        time->end = end->end;
        i = behind;
      }
    }
    found.push_back(*time);
  }
  return found;
}

}  // namespace

TimeWords time_words(std::string_view text, LocalSeconds now) {
  TimeWords words;
  std::size_t behind = 0;
  for (const Found& one : all_times(text, now)) {
    words.ranges.push_back(one.range);
    words.rest += std::string(text.substr(behind, one.begin - behind)) + ' ';
    behind = one.end;
  }
  words.rest += text.substr(behind);
  return words;
}

}  // namespace earshot::worker
