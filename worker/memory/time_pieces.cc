#include "worker/memory/time_pieces.h"

#include <array>
#include <string>

namespace earshot::worker {

namespace {

using std::chrono::days;

constexpr int kMaxNumber = 9999;
constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2200;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_latin(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '\'';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct ChineseDigit {
  std::string_view text;
  int value;
};
constexpr std::array<ChineseDigit, 13> kChineseDigits{{{"零", 0},
                                                       {"〇", 0},
                                                       {"一", 1},
                                                       {"二", 2},
                                                       {"两", 2},
                                                       {"三", 3},
                                                       {"四", 4},
                                                       {"五", 5},
                                                       {"六", 6},
                                                       {"七", 7},
                                                       {"八", 8},
                                                       {"九", 9},
                                                       {"俩", 2}}};

constexpr std::array<std::string_view, 20> kSmallNumbers{
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 4> kTens{"twenty", "thirty", "forty", "fifty"};

}  // namespace

bool TimeReader::take(std::string_view literal) {
  if (!starts_with(literal)) return false;
  at_ += literal.size();
  return true;
}

bool TimeReader::word_begins_here() const {
  return at_ == 0 || !is_latin(text_[at_ - 1]);
}

bool TimeReader::at_word() const {
  return !over() && is_latin(text_[at_]) && word_begins_here();
}

bool TimeReader::take_word(std::string_view words) {
  if (!word_begins_here()) return false;
  std::size_t at = at_;
  for (const char c : words) {
    if (c == ' ') {
      if (at >= text_.size() || text_[at] != ' ') return false;
      while (at < text_.size() && text_[at] == ' ') ++at;
    } else {
      if (at >= text_.size() || lower(text_[at]) != c) return false;
      ++at;
    }
  }
  if (at < text_.size() && is_latin(text_[at])) return false;
  at_ = at;
  return true;
}

std::optional<int> TimeReader::take_digits() {
  std::size_t at = at_;
  int value = 0;
  while (at < text_.size() && is_digit(text_[at])) {
    value = value * 10 + (text_[at] - '0');
    if (value > kMaxNumber) return std::nullopt;
    ++at;
  }
  if (at == at_) return std::nullopt;
  at_ = at;
  return value;
}

// 二〇二五, 十二, 二十, 二十一, 一百二十; digits.
std::optional<int> TimeReader::take_chinese_number() {
  if (const auto digits = take_digits()) return digits;
  const std::size_t begin = at_;
  int whole = 0;
  std::optional<int> digit;
  while (!over()) {
    bool known = false;
    for (const ChineseDigit& one : kChineseDigits) {
      if (!take(one.text)) continue;
      digit = digit.value_or(0) * 10 + one.value;
      known = true;
      break;
    }
    if (!known && take("十")) {
      whole += digit.value_or(1) * 10;
      digit = 0;
      known = true;
    }
    if (!known && digit && take("百")) {
      whole += *digit * 100;
      digit = 0;
      known = true;
    }
    if (!known) break;
    if (whole + *digit > kMaxNumber) {
      at_ = begin;
      return std::nullopt;
    }
  }
  if (!digit) return std::nullopt;
  return whole + *digit;
}

std::optional<int> TimeReader::take_english_number() {
  if (word_begins_here()) {
    const std::size_t begin = at_;
    if (const auto digits = take_digits()) {
      if (!over() && is_latin(text_[at_])) {
        at_ = begin;
        return std::nullopt;
      }
      return digits;
    }
  }
  for (std::size_t i = 0; i < kTens.size(); ++i) {
    if (!take_word(kTens[i])) continue;
    const int tens = static_cast<int>(i + 2) * 10;
    const std::size_t behind = at_;
    if (!over() && (text_[at_] == ' ' || text_[at_] == '-')) {
      ++at_;
      for (std::size_t ones = 1; ones < 10; ++ones) {
        if (take_word(kSmallNumbers[ones])) return tens + static_cast<int>(ones);
      }
    }
    at_ = behind;
    return tens;
  }
  for (std::size_t i = 0; i < kSmallNumbers.size(); ++i) {
    if (take_word(kSmallNumbers[i])) return static_cast<int>(i);
  }
  if (take_word("a couple of") || take_word("couple of")) return 2;
  if (take_word("a") || take_word("an")) return 1;
  return std::nullopt;
}

void TimeReader::blanks() {
  while (!over() && text_[at_] == ' ') ++at_;
}

std::optional<LocalDays> day_of(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return LocalDays(date);
}

std::optional<TimePiece> month_piece(int year, int month) {
  const int months = year * 12 + month - 1;
  const auto first = day_of(months / 12, months % 12 + 1, 1);
  const auto last = day_of((months + 1) / 12, (months + 1) % 12 + 1, 1);
  if (!first || !last) return std::nullopt;
  return TimePiece{.kind = TimePiece::Kind::kYearMonth, .first = *first, .last = *last};
}

std::optional<TimePiece> days_piece(LocalDays first, int count) {
  const auto earliest = day_of(kFirstYear, 1, 1);
  const auto latest = day_of(kLastYear, 1, 1);
  if (count < 1 || first < *earliest || first + days(count) > *latest) return std::nullopt;
  return TimePiece{.kind = TimePiece::Kind::kDay, .first = first, .last = first + days(count)};
}

TimePiece week_piece(LocalDays some_day, int weeks) {
  const std::chrono::weekday weekday(some_day);
  const LocalDays monday = some_day - days(weekday.iso_encoding() - 1) + days(7 * weeks);
  return {.kind = TimePiece::Kind::kWeek, .first = monday, .last = monday + days(7)};
}

int year_of(LocalSeconds now) {
  return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<days>(now)).year());
}

int month_of(LocalSeconds now) {
  return static_cast<int>(
      static_cast<unsigned>(std::chrono::year_month_day(std::chrono::floor<days>(now)).month()));
}

namespace {

// The next place to look at; not within a number: "45号" does not hold "5号", "13月5日" no "5日".
std::size_t behind_number(std::string_view text, std::size_t at) {
  std::size_t behind = at;
  while (behind < text.size() && is_digit(text[behind])) ++behind;
  TimeReader reader(text, behind);
  if (behind == at) (void)reader.take_chinese_number();
  if (reader.at() == at) return at + 1;
  if (reader.take("月")) (void)reader.take_chinese_number();
  return reader.at();
}

}  // namespace

std::vector<TimePiece> time_pieces(std::string_view text, LocalSeconds now) {
  std::vector<TimePiece> pieces;
  for (TimeReader reader(text); !reader.over();) {
    const std::size_t begin = reader.at();
    auto piece = english_piece(reader, now);
    if (!piece) {
      reader = TimeReader(text, begin);
      piece = chinese_piece(reader, now);
    }
    if (piece) {
      piece->begin = begin;
      piece->end = reader.at();
      pieces.push_back(*piece);
    } else {
      reader = TimeReader(text, behind_number(text, begin));
    }
  }
  return pieces;
}

}  // namespace earshot::worker
