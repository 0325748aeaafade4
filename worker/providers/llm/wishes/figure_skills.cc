#include "worker/providers/llm/wishes/figure_skills.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>

#include "worker/providers/llm/wishes/said_number.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kClockTool = "clock.time";
constexpr std::string_view kCalendarTool = "clock.date";

BrainStep told(std::string text, std::string_view emotion = "neutral") {
  return {.emotion = std::string(emotion), .text = std::move(text), .calls = {}};
}

// "8.05 kilometers": a figure that can be followed by ear.
std::string heard_number(double value) {
  const double size = std::fabs(value);
  const double places = size >= 100 ? 10 : size >= 1 ? 100 : 1e4;
  return written_number(size >= 0.01 || size == 0 ? std::round(value * places) / places : value).text;
}

std::string english_unit(const Unit& unit, const std::string& amount) {
  return std::string(amount == "1" || amount == "-1" ? unit.singular : unit.plural);
}

}  // namespace

BrainStep tell_sum(const Wish& wish, const SkillInput& input) {
  const bool chinese = is_chinese_language(input.language);
  using Trouble = Calculation::Trouble;
  switch (wish.calculation.trouble) {
    case Trouble::kDivisionByZero:
      return told(chinese ? "不能除以零。" : "Nothing can be divided by zero.", "thinking");
    case Trouble::kTooLarge:
      return told(chinese ? "这个数太大了，我算不了。" : "That number is too large for me.", "thinking");
    case Trouble::kNoRealRoot:
      return told(chinese ? "负数没有实数平方根。" : "A negative number has no real square root.",
                  "thinking");
    case Trouble::kNone:
      break;
  }
  const WrittenNumber result = written_number(wish.calculation.value);
  if (chinese) return told((result.exact ? "等于" : "大约等于") + result.text + "。");
  return told((result.exact ? "That is " : "That is about ") + result.text + ".");
}

BrainStep tell_conversion(const Wish& wish, const SkillInput& input) {
  const bool chinese = is_chinese_language(input.language);
  if (wish.target == nullptr) {
    return told(chinese ? "这两个单位不能互相换算。" : "Those two units do not measure the same thing.",
                "thinking");
  }
  const double value = converted(wish.measure.value, *wish.measure.unit, *wish.target);
  if (!std::isfinite(value) || std::fabs(value) > kMaxSaidNumber)
    return told(chinese ? "这个数太大了，我算不了。" : "That number is too large for me.", "thinking");
  const std::string from = written_number(wish.measure.value).text;
  const std::string to = heard_number(value);
  if (chinese)
    return told(from + std::string(wish.measure.unit->chinese) + "等于" + to +
                std::string(wish.target->chinese) + "。");
  const bool plural = from != "1";
  return told(from + " " + english_unit(*wish.measure.unit, from) + (plural ? " are " : " is ") + to + " " +
              english_unit(*wish.target, to) + ".");
}

BrainStep tell_time_in(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kClockTool)) return BrainStep::say(Reply::kClockMissing, input);
  const ToolAnswer* answer = input.answer_of(kClockTool);
  if (!answer) return BrainStep::call(kClockTool, R"({"zone":")" + std::string(wish.place->zone) + "\"}");
  int hour = 0;
  int minute = 0;
  const bool readable = std::sscanf(answer->text.c_str(), "%2d:%2d", &hour, &minute) == 2;
  if (answer->is_error || !readable || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return BrainStep::say(Reply::kClockMissing, input);
  const std::string time = time_text(hour, minute, input.language);
  if (is_chinese_language(input.language))
    return told(std::string(wish.place->chinese) + "现在是" + time + "。");
  return told("In " + std::string(wish.place->english) + " it is " + time + ".");
}

BrainStep tell_weekday(const Wish& wish, const SkillInput& input) {
  namespace chrono = std::chrono;
  const bool chinese = is_chinese_language(input.language);
  int year = wish.day->year.value_or(0);
  auto month = static_cast<unsigned>(wish.day->month);
  auto day = static_cast<unsigned>(wish.day->day);
  if (!wish.day->year) {  // what today is, must be known
    if (!input.has_tool(kCalendarTool)) return BrainStep::say(Reply::kClockMissing, input);
    const ToolAnswer* answer = input.answer_of(kCalendarTool);
    if (!answer) return BrainStep::call(kCalendarTool);
    unsigned this_month = 0;
    unsigned this_day = 0;
    const bool readable =
        std::sscanf(answer->text.c_str(), "%4d-%2u-%2u", &year, &this_month, &this_day) == 3;
    const chrono::year_month_day today{chrono::year{year}, chrono::month{this_month}, chrono::day{this_day}};
    if (answer->is_error || !readable || !today.ok()) return BrainStep::say(Reply::kClockMissing, input);
    if (wish.day->days) {
      const chrono::year_month_day there{chrono::sys_days{today} + chrono::days{*wish.day->days}};
      year = static_cast<int>(there.year());
      month = static_cast<unsigned>(there.month());
      day = static_cast<unsigned>(there.day());
    }
  }
  const chrono::year_month_day date{chrono::year{year}, chrono::month{month}, chrono::day{day}};
  if (!date.ok()) return told(chinese ? "没有这一天。" : "There is no such day.", "thinking");
  const auto weekday = static_cast<int>(chrono::weekday{chrono::sys_days{date}}.c_encoding());
  const std::string text =
      date_text(year, static_cast<int>(month), static_cast<int>(day), weekday, input.language);
  return told(chinese ? "那天是" + text + "。" : "That is " + text + ".");
}

}  // namespace earshot::worker
