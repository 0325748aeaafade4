// The words for times in a sentence, in Chinese and English, each for itself: what time_words.h puts together.
// Pure.
//
// Days that depend on today are counted already; what a neighbour may still say more closely ("March" of which
// year, "Friday" of which week) is left open.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace earshot::worker {

using LocalSeconds = std::chrono::local_seconds;  // what the user's clock shows
using LocalDays = std::chrono::local_days;

struct TimePiece {
  enum class Kind {
    kSpan,        // from, until
    kYear,        // number
    kSeason,      // number: 0 spring .. 3 winter, of the northern half
    kYearMonth,   // first, last: a month
    kMonth,       // number
    kWeek,        // first, last: Monday to Monday
    kDay,         // first, last: one day or a few
    kMonthDay,    // number, and day
    kDayOfMonth,  // day
    kWeekday,     // number: 0 Monday .. 6 Sunday
    kPart,        // minutes, until_minutes: of the day; behind midnight they count on
    kClock,       // minutes
  };
  Kind kind = Kind::kDay;
  std::size_t begin = 0;  // bytes of the text
  std::size_t end = 0;
  int number = 0;
  int day = 0;
  LocalDays first{};
  LocalDays last{};  // not in it
  LocalSeconds from{};
  LocalSeconds until{};
  int minutes = 0;
  int until_minutes = 0;
  bool alone = false;  // of kPart and kMonth: it is a time without a neighbour as well
};

// Reads a text from left to right. English is compared without regard to case, by whole words.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  bool over() const { return at_ >= text_.size(); }
  bool starts_with(std::string_view literal) const { return text_.substr(at_).starts_with(literal); }
  bool follows(std::string_view literal) const { return text_.substr(0, at_).ends_with(literal); }
  bool at_word() const;  // a Latin letter or a digit begins a word here
  // Each goes on behind what it took, or stays.
  bool take(std::string_view literal);       // as it is written
  bool take_word(std::string_view words);    // lower-case English; one blank stands for any number
  std::optional<int> take_digits();          // 0 to 9999
  std::optional<int> take_chinese_number();  // digits of either kind too; 0 to 9999
  std::optional<int> take_english_number();  // "three", "12", "twenty one", "a"
  void blanks();
  void back_to(std::size_t at) { at_ = at; }

 private:
  bool word_begins_here() const;

  std::string_view text_;
  std::size_t at_;
};

// The piece that begins at `reader`, which then stands behind it.
std::optional<TimePiece> chinese_piece(TimeReader& reader, LocalSeconds now);
std::optional<TimePiece> english_piece(TimeReader& reader, LocalSeconds now);

// All of the sentence, in order, none within another.
std::vector<TimePiece> time_pieces(std::string_view text, LocalSeconds now);

// Calendar arithmetic; nullopt: there is no such day, or it is further from today than people remember.
std::optional<LocalDays> day_of(int year, int month, int day);
std::optional<TimePiece> month_piece(int year, int month);  // `month` may be out of 1..12: it carries over
std::optional<TimePiece> days_piece(LocalDays first, int days);
TimePiece week_piece(LocalDays some_day, int weeks);  // the week `weeks` later
int year_of(LocalSeconds now);
int month_of(LocalSeconds now);

}  // namespace earshot::worker
