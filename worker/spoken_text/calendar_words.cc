#include "worker/spoken_text/calendar_words.h"

#include <algorithm>
#include <array>

#include "worker/spoken_text/figure.h"
#include "worker/spoken_text/number_words.h"

namespace earshot::worker {

namespace {

using Months = std::array<std::string_view, 12>;
constexpr Months kEnglishMonths{"January", "February", "March",     "April",   "May",      "June",
                                "July",    "August",   "September", "October", "November", "December"};
constexpr Months kGermanMonths{"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                               "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
constexpr Months kSpanishMonths{"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
                                "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};
constexpr Months kFrenchMonths{"janvier", "février", "mars",      "avril",   "mai",      "juin",
                               "juillet", "août",    "septembre", "octobre", "novembre", "décembre"};

std::string_view name_of(const Months& months, int month) {
  return months[static_cast<std::size_t>(month - 1)];
}

std::string last_word(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string word(text.substr(text.find_last_of(' ') + 1));
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return word;
}

std::string chinese_year(int year) {
  return digit_words(std::to_string(year), Tongue::kChinese);
}

// Two months have lost a consonant: 유월, 시월.
std::string korean_month(int month) {
  if (month == 6) return "유월";
  if (month == 10) return "시월";
  return number_words(month, Tongue::kKorean) + "월";
}

std::string english_time(const WrittenTime& time, bool half_of_day) {
  std::string out = number_words(time.hour, Tongue::kEnglish);
  if (time.minute == 0) {
    if (!half_of_day && !time.second) out += time.hour > 12 || time.hour == 0 ? " hundred" : " o'clock";
    if (time.second) out += " o'clock";
  } else {
    if (time.minute < 10) out += " oh";
    out += ' ' + number_words(time.minute, Tongue::kEnglish);
  }
  if (time.second) {
    out += " and " + number_words(*time.second, Tongue::kEnglish);
    out += *time.second == 1 ? " second" : " seconds";
  }
  return out;
}

// hour word, minutes, seconds: "vierzehn Uhr dreißig und fünf Sekunden"
std::string european_time(const WrittenTime& time, Tongue tongue) {
  struct Words {
    std::string_view hour, hours, full, seconds_front, second, seconds;
  };
  constexpr Words kGerman{"Uhr", "Uhr", "", "und", "Sekunde", "Sekunden"};
  constexpr Words kFrench{"heure", "heures", "", "et", "seconde", "secondes"};
  constexpr Words kSpanish{"", "", "en punto", "y", "segundo", "segundos"};
  const Words& words = tongue == Tongue::kGerman ? kGerman : tongue == Tongue::kFrench ? kFrench : kSpanish;
  const NumberForm hour_form = tongue == Tongue::kGerman ? NumberForm::kMasculine : NumberForm::kFeminine;
  std::string out = number_words(time.hour, tongue, hour_form);
  append_words(out, time.hour <= 1 ? words.hour : words.hours, tongue);
  if (time.minute > 0) {
    if (tongue == Tongue::kSpanish && time.minute < 10) append_words(out, "y", tongue);
    append_words(out, number_words(time.minute, tongue), tongue);
  } else if (!time.second) {
    append_words(out, words.full, tongue);
  }
  if (!time.second) return out;
  append_words(out, words.seconds_front, tongue);
  const NumberForm form = tongue == Tongue::kSpanish ? NumberForm::kMasculine : NumberForm::kFeminine;
  append_words(out, number_words(*time.second, tongue, form), tongue);
  append_words(out, *time.second == 1 ? words.second : words.seconds, tongue);
  return out;
}

std::string east_asian_time(const WrittenTime& time, Tongue tongue) {
  struct Words {
    std::string_view hour, minute, second;
  };
  constexpr Words kChinese{"点", "分", "秒"};
  constexpr Words kJapanese{"時", "分", "秒"};
  constexpr Words kKorean{" 시", " 분", " 초"};
  const Words& words = tongue == Tongue::kChinese    ? kChinese
                       : tongue == Tongue::kJapanese ? kJapanese
                                                     : kKorean;
  const bool small_korean = tongue == Tongue::kKorean && time.hour >= 1 && time.hour <= 12;
  const NumberForm form = small_korean                                   ? NumberForm::kNative
                          : tongue == Tongue::kChinese && time.hour == 2 ? NumberForm::kMasculine
                                                                         : NumberForm::kAlone;
  std::string out = number_words(time.hour, tongue, form) + std::string(words.hour);
  const bool minutes = time.minute > 0 || time.second;
  if (minutes) {
    if (tongue == Tongue::kKorean) out += ' ';
    if (tongue == Tongue::kChinese && time.minute > 0 && time.minute < 10) out += "零";
    out += number_words(time.minute, tongue) + std::string(words.minute);
  }
  if (time.second) {
    if (tongue == Tongue::kKorean) out += ' ';
    out += number_words(*time.second, tongue) + std::string(words.second);
  }
  return out;
}

}  // namespace

bool is_date(const WrittenDate& date) {
  constexpr std::array<int, 12> kDays{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return date.year >= 1000 && date.year <= 2999 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= kDays[static_cast<std::size_t>(date.month - 1)];
}

bool is_time(const WrittenTime& time) {
  return time.hour >= 0 && time.hour <= 24 && time.minute >= 0 && time.minute <= 59 &&
         (!time.second || (*time.second >= 0 && *time.second <= 59));
}

std::string date_words(const WrittenDate& date, Tongue tongue, bool month_first, std::string_view before) {
  const auto number = [tongue](int value, NumberForm form = NumberForm::kAlone) {
    return number_words(value, tongue, form);
  };
  const std::string year = number(date.year, NumberForm::kYear);
  switch (tongue) {
    case Tongue::kEnglish: {
      const std::string day = number(date.day, NumberForm::kOrdinal);
      const std::string month(name_of(kEnglishMonths, date.month));
      const std::string article = last_word(before) == "the" ? "" : "the ";
      return month_first ? month + ' ' + day + ", " + year : article + day + " of " + month + ' ' + year;
    }
    case Tongue::kGerman:
      return german_day_words(date.day, before) + ' ' + std::string(name_of(kGermanMonths, date.month)) +
             ' ' + year;
    case Tongue::kSpanish:
      return number(date.day) + " de " + std::string(name_of(kSpanishMonths, date.month)) + " de " + year;
    case Tongue::kFrench:
      return (date.day == 1 ? "premier" : number(date.day)) + ' ' +
             std::string(name_of(kFrenchMonths, date.month)) + ' ' + number(date.year);
    case Tongue::kChinese:
      return chinese_year(date.year) + "年" + number(date.month) + "月" + number(date.day) + "日";
    case Tongue::kJapanese:
      return year + "年" + number(date.month) + "月" + number(date.day) + "日";
    case Tongue::kKorean:
      return year + "년 " + korean_month(date.month) + ' ' + number(date.day) + "일";
  }
  return {};
}

std::string time_words(const WrittenTime& time, Tongue tongue, bool half_of_day) {
  if (tongue == Tongue::kEnglish) return english_time(time, half_of_day);
  return is_east_asian(tongue) ? east_asian_time(time, tongue) : european_time(time, tongue);
}

int german_month_at(std::string_view text) {
  for (std::size_t i = 0; i < kGermanMonths.size(); ++i) {
    if (text.starts_with(kGermanMonths[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

// am zwanzigsten, der zwanzigste, heute ist zwanzigster
std::string german_day_words(int day, std::string_view before) {
  constexpr auto kDative =
      std::to_array<std::string_view>({"am", "vom", "zum", "dem", "den", "bis", "beim", "seit", "ab"});
  const std::string word = last_word(before);
  const NumberForm form = word == "der"                                       ? NumberForm::kOrdinal
                          : std::ranges::find(kDative, word) != kDative.end() ? NumberForm::kOrdinalDative
                                                                              : NumberForm::kOrdinalMasculine;
  return number_words(day, Tongue::kGerman, form);
}

}  // namespace earshot::worker
