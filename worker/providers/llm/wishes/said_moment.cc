#include "worker/providers/llm/wishes/said_moment.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>

#include "worker/providers/llm/wishes/said_number.h"

namespace earshot::worker {

namespace {

using MomentWords = std::span<const std::string>;

constexpr auto kMonthNames =
    std::to_array<std::string_view>({"january", "february", "march", "april", "may", "june", "july", "august",
                                     "september", "october", "november", "december"});
constexpr auto kOrdinals = std::to_array<std::string_view>(
    {"first",     "second",    "third",       "fourth",     "fifth",      "sixth",      "seventh",
     "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth", "fourteenth",
     "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"});

// Takes words from the front.
class FrontReader {
 public:
  explicit FrontReader(MomentWords words) : rest_(words) {}

  bool done() const { return rest_.empty(); }
  bool take(std::initializer_list<std::string_view> phrase) {
    if (rest_.size() < phrase.size() ||
        !std::equal(phrase.begin(), phrase.end(), rest_.begin(),
                    [](std::string_view a, const std::string& b) { return a == b; }))
      return false;
    rest_ = rest_.subspan(phrase.size());
    return true;
  }
  bool take(std::string_view word) { return take({word}); }
  // A whole number of [low, high], or nothing is taken. 点 ends it: 八点一刻 is no 8.1.
  std::optional<int> take_number(int low, int high) {
    const auto point = std::ranges::find(rest_, "点");
    const auto read = read_said_number(rest_.first(static_cast<std::size_t>(point - rest_.begin())));
    if (!read || read->value < low || read->value > high) return std::nullopt;
    const int value = static_cast<int>(read->value);
    if (static_cast<double>(value) != read->value) return std::nullopt;
    rest_ = rest_.subspan(read->words);
    return value;
  }
  // "7:30"
  std::optional<SaidMoment> take_written_time() {
    if (rest_.empty()) return std::nullopt;
    const std::string_view word = rest_[0];
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos || word.size() != colon + 3) return std::nullopt;
    SaidMoment moment;
    std::from_chars(word.data(), word.data() + colon, moment.hour);
    std::from_chars(word.data() + colon + 1, word.data() + word.size(), moment.minute);
    if (colon > 2 || moment.hour > 23 || moment.minute > 59) return std::nullopt;
    rest_ = rest_.subspan(1);
    return moment;
  }
  std::optional<int> take_month() {
    const auto found = rest_.empty() ? kMonthNames.end() : std::ranges::find(kMonthNames, rest_[0]);
    if (found == kMonthNames.end()) return std::nullopt;
    rest_ = rest_.subspan(1);
    return static_cast<int>(found - kMonthNames.begin()) + 1;
  }
  // "fourth", "twenty fifth", "25", "4 th" (so are written ordinals cut)
  std::optional<int> take_day_of_month() {
    const bool twenty = !rest_.empty() && rest_.size() > 1 && rest_[0] == "twenty";
    const bool thirty = !rest_.empty() && rest_.size() > 1 && rest_[0] == "thirty";
    const std::size_t at = twenty || thirty ? 1 : 0;
    if (take("thirtieth")) return 30;
    const auto ordinal = at < rest_.size() ? std::ranges::find(kOrdinals, rest_[at]) : kOrdinals.end();
    if (ordinal != kOrdinals.end()) {
      rest_ = rest_.subspan(at + 1);
      return static_cast<int>(ordinal - kOrdinals.begin()) + 1 + (twenty ? 20 : thirty ? 30 : 0);
    }
    const auto day = take_number(1, 31);
    if (day && !(take("st") || take("nd") || take("rd"))) take("th");
    return day;
  }
  std::optional<int> take_relative_day() {
    if (take("today") || take({"今", "天"})) return 0;
    if (take({"the", "day", "after", "tomorrow"}) || take({"day", "after", "tomorrow"}) || take({"后", "天"}))
      return 2;
    if (take({"the", "day", "before", "yesterday"}) || take({"day", "before", "yesterday"}) ||
        take({"前", "天"}))
      return -2;
    if (take("tomorrow") || take({"明", "天"})) return 1;
    if (take("yesterday") || take({"昨", "天"})) return -1;
    return std::nullopt;
  }

 private:
  MomentWords rest_;
};

enum class DayPart { kNone, kMorning, kNoon, kLate };

DayPart take_day_part(FrontReader& words) {
  if (words.take({"凌", "晨"}) || words.take({"早", "上"}) || words.take({"上", "午"}) ||
      words.take({"早", "晨"}))
    return DayPart::kMorning;
  if (words.take({"中", "午"})) return DayPart::kNoon;
  if (words.take({"下", "午"}) || words.take({"晚", "上"}) || words.take({"傍", "晚"})) return DayPart::kLate;
  return DayPart::kNone;
}

DayPart take_english_half(FrontReader& words) {
  if (words.take("am") || words.take({"a", "m"}) || words.take({"in", "the", "morning"}))
    return DayPart::kMorning;
  if (words.take("pm") || words.take({"p", "m"}) || words.take({"in", "the", "afternoon"}) ||
      words.take({"in", "the", "evening"}) || words.take({"at", "night"}))
    return DayPart::kLate;
  return DayPart::kNone;
}

bool settle(SaidMoment& moment, DayPart part) {
  switch (part) {
    case DayPart::kNone:
      moment.either_half = moment.hour >= 1 && moment.hour <= 12;
      return true;
    case DayPart::kMorning:
      if (moment.hour == 12) moment.hour = 0;
      return moment.hour <= 12;
    case DayPart::kNoon:
      if (moment.hour <= 2) moment.hour += 12;
      return true;
    case DayPart::kLate:
      if (moment.hour < 12) moment.hour += 12;
      return true;
  }
  return false;
}

// "half past six", "quarter to nine", "ten past two"
std::optional<SaidMoment> take_relative_time(FrontReader& words) {
  std::optional<int> minutes;
  if (words.take("half")) {
    minutes = 30;
  } else if (words.take({"a", "quarter"}) || words.take("quarter")) {
    minutes = 15;
  } else {
    minutes = words.take_number(1, 29);
    if (minutes) words.take("minutes");
  }
  if (!minutes) return std::nullopt;
  const bool past = words.take("past");
  if (!past && !words.take("to")) return std::nullopt;
  const auto hour = words.take_number(1, 12);
  if (!hour) return std::nullopt;
  if (past) return SaidMoment{.hour = *hour, .minute = *minutes};
  return SaidMoment{.hour = *hour == 1 ? 12 : *hour - 1, .minute = 60 - *minutes};
}

// "seven", "seven thirty", "7 o'clock", 三点, 三点半, 三点一刻, 三点二十分
std::optional<SaidMoment> take_hour(FrontReader& words) {
  const auto hour = words.take_number(0, 23);
  if (!hour) return std::nullopt;
  SaidMoment moment{.hour = *hour};
  if (words.take("点") || words.take({"点", "钟"})) {
    if (words.take("半")) {
      moment.minute = 30;
    } else if (words.take({"一", "刻"})) {
      moment.minute = 15;
    } else if (words.take({"三", "刻"})) {
      moment.minute = 45;
    } else if (!words.take("整") && !words.take("钟")) {
      // A bare digit belongs to what follows: 三点一起吃饭.
      FrontReader ahead = words;
      const bool zero = ahead.take("零");
      const auto minute = ahead.take_number(0, 59);
      const bool named = minute && ahead.take("分");
      if (minute && (*minute >= 10 || zero || named)) {
        moment.minute = *minute;
        words = ahead;
      }
    }
    return moment;
  }
  if (words.take("o'clock")) return moment;
  if (const auto minute = words.take_number(1, 59)) moment.minute = *minute;
  return moment;
}

}  // namespace

std::optional<SaidMoment> read_said_moment(MomentWords words) {
  FrontReader reader(words);
  const auto days = reader.take_relative_day();
  reader.take("at");
  SaidMoment moment;
  if (reader.take("noon")) {
    moment = {.hour = 12, .days = days};
  } else if (reader.take("midnight")) {
    moment = {.hour = 0, .days = days};
  } else {
    const DayPart before = take_day_part(reader);
    FrontReader ahead = reader;
    auto read = ahead.take_written_time();
    if (!read) {
      ahead = reader;
      read = take_relative_time(ahead);
    }
    if (!read) {
      ahead = reader;
      read = take_hour(ahead);
    }
    if (!read) return std::nullopt;
    reader = ahead;
    const DayPart behind = take_english_half(reader);
    moment = *read;
    moment.days = days;
    if (!settle(moment, before != DayPart::kNone ? before : behind)) return std::nullopt;
  }
  if (!moment.days) moment.days = reader.take_relative_day();
  if (!reader.done() || (moment.days && *moment.days < 0)) return std::nullopt;
  return moment;
}

std::optional<SaidDay> read_said_day(MomentWords words) {
  FrontReader reader(words);
  if (const auto days = reader.take_relative_day())
    return reader.done() ? std::optional(SaidDay{.days = *days}) : std::nullopt;
  SaidDay said;
  reader.take("on");
  reader.take("the");
  if (const auto month = reader.take_month()) {  // "december 25"
    said.month = *month;
    reader.take("the");
    const auto day = reader.take_day_of_month();
    if (!day) return std::nullopt;
    said.day = *day;
  } else if (FrontReader chinese = reader; const auto number = chinese.take_number(1, 9999)) {
    if (chinese.take("年")) {
      said.year = *number;
      const auto month_number = chinese.take_number(1, 12);
      if (!month_number) return std::nullopt;
      said.month = *month_number;
    } else if (*number <= 12) {
      said.month = *number;
    }
    if (said.month > 0 && chinese.take("月")) {
      const auto day = chinese.take_number(1, 31);
      if (!day || !(chinese.take("日") || chinese.take("号")) || !chinese.done()) return std::nullopt;
      said.day = *day;
      return said;
    }
    said = {};
  }
  if (said.month == 0) {  // "the 4th of july"
    const auto day = reader.take_day_of_month();
    reader.take("of");
    const auto month = day ? reader.take_month() : std::nullopt;
    if (!month) return std::nullopt;
    said.day = *day;
    said.month = *month;
  }
  reader.take("in");
  if (!reader.done()) {
    said.year = reader.take_number(10, 9999);
    // "nineteen eighty four" is said in two halves.
    if (said.year && *said.year <= 20) {
      const auto rest = reader.take_number(1, 99);
      if (!rest) return std::nullopt;
      said.year = *said.year * 100 + *rest;
    }
    if (!said.year || !reader.done()) return std::nullopt;
  }
  return said;
}

}  // namespace earshot::worker
