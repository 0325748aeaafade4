#include "worker/spoken_text/spoken_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "worker/spoken_text/calendar_words.h"
#include "worker/spoken_text/characters.h"
#include "worker/spoken_text/measure_words.h"
#include "worker/spoken_text/number_words.h"
#include "worker/spoken_text/simple_fraction.h"
#include "worker/spoken_text/telephone_number.h"

namespace earshot::worker {

namespace {

constexpr std::array<std::string_view, kTongues> kDot{"point", "点", "点", "Punkt", "punto", "point", "점"};
constexpr auto kMinusSign = std::string_view("−");
constexpr auto kRangeMarks = std::to_array<std::string_view>({"–", "—", "-", "~", "～"});

struct Magnitude {
  Tongue tongue;
  std::string_view written;
  std::string_view said;
};
// A longer one stands in front of one that it begins with.
constexpr auto kMagnitudes = std::to_array<Magnitude>({
    {Tongue::kEnglish, "thousand", "thousand"},
    {Tongue::kEnglish, "million", "million"},
    {Tongue::kEnglish, "billion", "billion"},
    {Tongue::kEnglish, "trillion", "trillion"},
    {Tongue::kEnglish, "bn", "billion"},
    {Tongue::kEnglish, "B", "billion"},
    {Tongue::kEnglish, "M", "million"},
    {Tongue::kEnglish, "m", "million"},
    {Tongue::kEnglish, "k", "thousand"},
    {Tongue::kEnglish, "K", "thousand"},
    {Tongue::kGerman, "Millionen", "Millionen"},
    {Tongue::kGerman, "Million", "Million"},
    {Tongue::kGerman, "Milliarden", "Milliarden"},
    {Tongue::kGerman, "Milliarde", "Milliarde"},
    {Tongue::kGerman, "Mio.", "Millionen"},
    {Tongue::kGerman, "Mrd.", "Milliarden"},
    {Tongue::kFrench, "millions", "millions"},
    {Tongue::kFrench, "million", "million"},
    {Tongue::kFrench, "milliards", "milliards"},
    {Tongue::kFrench, "milliard", "milliard"},
    {Tongue::kSpanish, "millones", "millones"},
    {Tongue::kSpanish, "millón", "millón"},
    {Tongue::kChinese, "万亿", "万亿"},
    {Tongue::kChinese, "亿", "亿"},
    {Tongue::kChinese, "万", "万"},
    {Tongue::kJapanese, "億", "億"},
    {Tongue::kJapanese, "兆", "兆"},
    {Tongue::kJapanese, "万", "万"},
    {Tongue::kKorean, "억", "억"},
    {Tongue::kKorean, "만", "만"},
});

bool is_digit_character(char c) {
  return c >= '0' && c <= '9';
}

bool is_latin_letter(char32_t code) {
  const Script script = script_of(code);
  return script == Script::kLatin || script == Script::kGreek || script == Script::kCyrillic;
}

std::size_t digits_in(std::string_view text, std::size_t at = 0) {
  std::size_t end = at;
  while (end < text.size() && is_digit_character(text[end])) ++end;
  return end > at ? end - at : 0;
}

int value_of(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// Does a number end here, or does it go on, or stand in front of a letter?
bool ends_number(std::string_view rest) {
  if (rest.empty()) return true;
  const bool joins = rest.size() > 1 && std::string_view("-/.:").find(rest[0]) != std::string_view::npos &&
                     is_digit_character(rest[1]);
  return !joins && !is_digit_character(rest[0]) && rest[0] != '_' &&
         !is_latin_letter(character_at(rest, 0).code);
}

std::size_t range_mark(std::string_view rest) {
  for (const std::string_view mark : kRangeMarks) {
    if (rest.starts_with(mark)) return mark.size();
  }
  return 0;
}

// A figure, or two with a mark between them, the first the smaller.
struct Span {
  Figure from;
  std::optional<Figure> to;
  std::size_t bytes = 0;
};

std::optional<Span> read_span(std::string_view text, Tongue tongue) {
  const auto from = read_figure(text, tongue);
  if (!from) return std::nullopt;
  Span span{*from, std::nullopt, from->bytes};
  const std::size_t mark = range_mark(text.substr(span.bytes));
  if (mark == 0) return span;
  const auto to = read_figure(text.substr(span.bytes + mark), tongue);
  const bool zero_in_front = to && to->whole.size() > 1 && to->whole[0] == '0';
  if (!to || zero_in_front || whole_of(*from) > whole_of(*to)) return span;
  const std::string_view behind = text.substr(span.bytes + mark + to->bytes);
  if (behind.size() > 1 && range_mark(behind) > 0 && digits_in(behind, range_mark(behind)) > 0) return span;
  span.bytes += mark + to->bytes;
  span.to = to;
  return span;
}

const Figure* second_of(const Span& span) {
  return span.to ? &*span.to : nullptr;
}

}  // namespace

SpokenNumbers::SpokenNumbers(Tongue tongue, std::string_view language) : tongue_(tongue) {
  std::string region(language.substr(std::min(language.find_last_of("-_"), language.size())));
  constexpr auto kDayFirst = std::to_array<std::string_view>({"-GB", "-AU", "-NZ", "-IE", "-IN", "-ZA"});
  std::ranges::replace(region, '_', '-');
  month_first_ = tongue == Tongue::kEnglish && std::ranges::find(kDayFirst, region) == kDayFirst.end();
}

std::string SpokenNumbers::rewrite(std::string_view text) {
  out_.clear();
  char32_t before = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const bool in_word = before == '_' || is_digit_character(static_cast<char>(before < 0x80 ? before : 0)) ||
                         is_latin_letter(before);
    std::size_t bytes = in_word ? 0 : number(rest);
    if (bytes == 0) {
      bytes = character_at(rest, 0).bytes;
      out_ += rest.substr(0, bytes);
    }
    before = character_before(text, i + bytes).code;
    i += bytes;
  }
  return std::move(out_);
}

std::size_t SpokenNumbers::number(std::string_view rest) {
  constexpr auto kReaders = std::to_array(
      {&SpokenNumbers::date, &SpokenNumbers::time, &SpokenNumbers::telephone, &SpokenNumbers::version,
       &SpokenNumbers::money, &SpokenNumbers::fraction, &SpokenNumbers::german_day, &SpokenNumbers::ordinal,
       &SpokenNumbers::measure, &SpokenNumbers::plain, &SpokenNumbers::verbatim});
  for (const auto reader : kReaders) {
    if (const std::size_t bytes = (this->*reader)(rest); bytes > 0) return bytes;
  }
  return 0;
}

// Words do not touch a word in front of them where the language has blanks.
void SpokenNumbers::say(std::string_view words) {
  if (!out_.empty() && !joins_words(tongue_) && is_latin_letter(character_before(out_, out_.size()).code))
    out_ += ' ';
  out_ += words;
}

// 2025-01-02, 2025/1/2, 02.01.2025, 1/2/2025
std::size_t SpokenNumbers::date(std::string_view rest) {
  std::array<std::string_view, 3> parts;
  std::size_t at = 0;
  char mark = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t digits = digits_in(rest, at);
    if (digits == 0) return 0;
    parts[i] = rest.substr(at, digits);
    at += digits;
    if (i == 2) break;
    if (at >= rest.size() || std::string_view("-/.").find(rest[at]) == std::string_view::npos) return 0;
    if (mark != 0 && rest[at] != mark) return 0;
    mark = rest[at++];
  }
  // What stands behind may be the time of ISO 8601: 2025-01-02T10:00.
  const bool iso_time = at + 1 < rest.size() && rest[at] == 'T' && is_digit_character(rest[at + 1]);
  if (!iso_time && !ends_number(rest.substr(at))) return 0;
  WrittenDate date;
  if (parts[0].size() == 4 && parts[1].size() <= 2 && parts[2].size() <= 2) {
    date = {value_of(parts[0]), value_of(parts[1]), value_of(parts[2])};
  } else if (parts[2].size() == 4 && parts[0].size() <= 2 && parts[1].size() <= 2) {
    const int first = value_of(parts[0]);
    const int second = value_of(parts[1]);
    const bool known = first > 12 || second > 12 || first == second || !is_east_asian(tongue_);
    if (!known) return 0;
    const bool month_first = first <= 12 && (second > 12 || (month_first_ && mark != '.'));
    date = {value_of(parts[2]), month_first ? first : second, month_first ? second : first};
  }
  if (!is_date(date)) return 0;
  say(date_words(date, tongue_, month_first_, out_));
  if (iso_time) {
    out_ += joins_words(tongue_) ? "，" : ", ";
    ++at;
  }
  return at;
}

// 14:30, 02:37:04, 14h30
std::size_t SpokenNumbers::time(std::string_view rest) {
  const std::size_t hours = digits_in(rest);
  if (hours == 0 || hours > 2 || hours >= rest.size()) return 0;
  const bool french = tongue_ == Tongue::kFrench && rest[hours] == 'h';
  if (rest[hours] != ':' && !french) return 0;
  if (digits_in(rest, hours + 1) != 2) return 0;
  WrittenTime time{value_of(rest.substr(0, hours)), value_of(rest.substr(hours + 1, 2)), std::nullopt};
  std::size_t end = hours + 3;
  if (end < rest.size() && rest[end] == ':' && digits_in(rest, end + 1) == 2) {
    time.second = value_of(rest.substr(end + 1, 2));
    end += 3;
  }
  std::string_view behind = rest.substr(end);
  std::string_view word = behind;
  if (word.starts_with(' ')) word.remove_prefix(1);
  constexpr auto kHalves =
      std::to_array<std::string_view>({"a.m.", "p.m.", "am", "pm", "AM", "PM", "A.M.", "P.M."});
  const bool half =
      std::ranges::any_of(kHalves, [word](std::string_view one) { return word.starts_with(one); });
  if (!is_time(time) || (!half && !ends_number(behind))) return 0;
  say(time_words(time, tongue_, half));
  if (half && word.size() == behind.size()) out_ += ' ';
  if (tongue_ == Tongue::kGerman && word.starts_with("Uhr")) end += behind.size() - word.size() + 3;
  if (tongue_ == Tongue::kSpanish && (word == "h" || word.starts_with("h ") || word.starts_with("h.")))
    end += behind.size() - word.size() + 1;
  return end;
}

std::size_t SpokenNumbers::telephone(std::string_view rest) {
  const auto number = read_telephone_number(rest, tongue_);
  if (!number) return 0;
  say(telephone_words(*number, tongue_));
  return number->bytes;
}

// 2.0.1, 192.168.1.1
std::size_t SpokenNumbers::version(std::string_view rest) {
  std::vector<std::string_view> parts;
  std::size_t at = 0;
  bool ordinary_thousands = true;
  while (const std::size_t digits = digits_in(rest, at)) {
    if (digits > 6) return 0;
    parts.push_back(rest.substr(at, digits));
    ordinary_thousands = ordinary_thousands && (parts.size() == 1 || digits == 3);
    at += digits;
    if (at + 1 >= rest.size() || rest[at] != '.' || !is_digit_character(rest[at + 1])) break;
    ++at;
  }
  const bool thousands = ordinary_thousands && (tongue_ == Tongue::kGerman || tongue_ == Tongue::kSpanish);
  if (parts.size() < 3 || thousands || !ends_number(rest.substr(at))) return 0;
  std::string words;
  for (const std::string_view part : parts) {
    if (!words.empty()) append_words(words, kDot[index_of(tongue_)], tongue_);
    append_words(words,
                 part.size() > 1 && part[0] == '0' ? digit_words(part, tongue_)
                                                   : number_words(value_of(part), tongue_),
                 tongue_);
  }
  say(words);
  return at;
}

// $5.99, -$5, $3-5, 5,99 €, 5 EUR, $3.5 million
std::size_t SpokenNumbers::money(std::string_view rest) {
  std::size_t at = 0;
  const bool negative = rest.starts_with('-') || rest.starts_with(kMinusSign);
  if (negative) at = rest.starts_with('-') ? 1 : kMinusSign.size();
  auto sign = currency_at(rest.substr(at), tongue_);
  const bool in_front = sign && !rest.substr(at).starts_with(' ');
  if (in_front) {
    at += sign->bytes;
    if (at < rest.size() && rest[at] == ' ') ++at;
  } else if (negative || rest.empty() || !is_digit_character(rest[0])) {
    return 0;
  }
  auto span = read_span(rest.substr(at), tongue_);
  if (!span) return 0;
  span->from.negative = negative;
  at += span->bytes;
  std::string_view magnitude;
  for (const Magnitude& one : kMagnitudes) {
    const std::string_view behind = rest.substr(at);
    const bool blank = behind.starts_with(' ') && one.written.size() > 2;
    const std::string_view word = behind.substr(blank ? 1 : 0);
    if (one.tongue != tongue_ || !word.starts_with(one.written)) continue;
    if (one.written.size() <= 2 && !in_front) continue;  // 5m € is nothing
    if (!ends_number(word.substr(one.written.size()))) continue;
    magnitude = one.said;
    at += (blank ? 1 : 0) + one.written.size();
    break;
  }
  if (!in_front) {
    sign = currency_at(rest.substr(at), tongue_);
    if (!sign) return 0;
    at += sign->bytes;
  } else if (!ends_number(rest.substr(at))) {
    return 0;
  }
  say(money_words(span->from, second_of(*span), sign->index, magnitude, tongue_));
  return at;
}

// 1/2, 1 1/2, ½, 1½
std::size_t SpokenNumbers::fraction(std::string_view rest) {
  const auto fraction = read_simple_fraction(rest);
  if (!fraction || !ends_number(rest.substr(fraction->bytes))) return 0;
  const std::string words = fraction_words(*fraction, tongue_);
  if (words.empty()) return 0;
  say(words);
  return fraction->bytes;
}

// 21. November
std::size_t SpokenNumbers::german_day(std::string_view rest) {
  const std::size_t digits = digits_in(rest);
  if (tongue_ != Tongue::kGerman || digits == 0 || digits > 2 || !rest.substr(digits).starts_with(". "))
    return 0;
  const int day = value_of(rest.substr(0, digits));
  if (day < 1 || day > 31 || german_month_at(rest.substr(digits + 2)) == 0) return 0;
  say(german_day_words(day, out_));
  return digits + 1;
}

// 21st; 1er, 2e; 3.º, 4ª
std::size_t SpokenNumbers::ordinal(std::string_view rest) {
  struct Ending {
    Tongue tongue;
    std::string_view written;
    NumberForm form;
  };
  constexpr auto kEndings = std::to_array<Ending>({
      {Tongue::kEnglish, "st", NumberForm::kOrdinal},
      {Tongue::kEnglish, "nd", NumberForm::kOrdinal},
      {Tongue::kEnglish, "rd", NumberForm::kOrdinal},
      {Tongue::kEnglish, "th", NumberForm::kOrdinal},
      {Tongue::kFrench, "er", NumberForm::kOrdinal},
      {Tongue::kFrench, "re", NumberForm::kOrdinalFeminine},
      {Tongue::kFrench, "ère", NumberForm::kOrdinalFeminine},
      {Tongue::kFrench, "ème", NumberForm::kOrdinal},
      {Tongue::kFrench, "e", NumberForm::kOrdinal},
      {Tongue::kSpanish, ".º", NumberForm::kOrdinal},
      {Tongue::kSpanish, "º", NumberForm::kOrdinal},
      {Tongue::kSpanish, ".ª", NumberForm::kOrdinalFeminine},
      {Tongue::kSpanish, "ª", NumberForm::kOrdinalFeminine},
      {Tongue::kKorean, "번째", NumberForm::kOrdinal},
  });
  const std::size_t digits = digits_in(rest);
  if (digits == 0 || digits > 6) return 0;
  const std::string_view behind = rest.substr(digits);
  for (const Ending& ending : kEndings) {
    if (ending.tongue != tongue_ || !behind.starts_with(ending.written)) continue;
    const std::string_view next = behind.substr(ending.written.size());
    if (!next.empty() && is_latin_letter(character_at(next, 0).code)) continue;
    say(number_words(value_of(rest.substr(0, digits)), tongue_, ending.form));
    return digits + ending.written.size();
  }
  return 0;
}

// -5 °C, 10-20 km/h, 15.7 %, 3–5
std::size_t SpokenNumbers::measure(std::string_view rest) {
  std::size_t at = 0;
  const bool blank_before = out_.empty() || out_.back() == ' ' || out_.back() == '(' ||
                            static_cast<unsigned char>(out_.back()) >= 0x80;
  bool negative = rest.starts_with(kMinusSign);
  if (negative) at = kMinusSign.size();
  if (blank_before && rest.starts_with('-')) {
    negative = true;
    at = 1;
  }
  auto span = read_span(rest.substr(at), tongue_);
  if (!span) return 0;
  span->from.negative = negative;
  at += span->bytes;
  if (const auto unit = unit_at(rest.substr(at), tongue_)) {
    say(amount_words(span->from, second_of(*span), unit->index, tongue_));
    return at + unit->bytes;
  }
  if (!ends_number(rest.substr(at))) return 0;
  if (span->to) {
    const bool years = span->from.whole.size() == 4 && span->to->whole.size() == 4 && !span->from.grouped;
    say(range_words(span->from, *span->to, years ? NumberForm::kYear : NumberForm::kAlone, tongue_));
    return at;
  }
  if (!negative) return 0;
  say(figure_words(span->from, tongue_));
  return at;
}

// 1,234 or 3.5 or 123456 or 007; 1984 is left.
std::size_t SpokenNumbers::plain(std::string_view rest) {
  const std::size_t digits = digits_in(rest);
  const bool zeros = digits > 1 && rest[0] == '0' && ends_number(rest.substr(digits));
  if (zeros || (digits > 9 && ends_number(rest.substr(digits)))) {
    say(digit_words(rest.substr(0, digits), tongue_));
    return digits;
  }
  const auto figure = read_figure(rest, tongue_);
  if (!figure || !ends_number(rest.substr(figure->bytes))) return 0;
  const bool simple = figure->whole.size() <= 4 && !figure->grouped && figure->fraction.empty();
  if (simple || (figure->whole.size() > 1 && figure->whole[0] == '0')) return 0;
  say(figure_words(*figure, tongue_));
  return figure->bytes;
}

// Whatever else has digits is read by the voice as it is: 3/4/25, 5-3, 3D.
std::size_t SpokenNumbers::verbatim(std::string_view rest) {
  if (rest.empty() || !is_digit_character(rest[0])) return 0;
  std::size_t end = 0;
  for (;;) {
    end += digits_in(rest, end);
    if (end + 1 >= rest.size() || std::string_view("-/.:,").find(rest[end]) == std::string_view::npos ||
        !is_digit_character(rest[end + 1]))
      break;
    ++end;
  }
  out_ += rest.substr(0, end);
  return end;
}

}  // namespace earshot::worker
