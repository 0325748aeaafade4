#include "worker/tools/reminder_tools.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "common/base/check.h"
#include "worker/tools/notebook.h"

namespace earshot::worker {

namespace {

constexpr std::int64_t kDaySeconds = 24 * 3600;
constexpr std::int64_t kMaxDays = 31;

std::string text_at(const json::object& from, std::string_view key) {
  return std::string(json::find_string(from, key).value_or(""));
}

// "07:30": minutes of the day.
std::optional<int> minutes_of(std::string_view at) {
  const std::size_t colon = at.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || at.size() != colon + 3)
    return std::nullopt;
  int hour = 0;
  int minute = 0;
  const auto read = [](std::string_view digits, int& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!read(at.substr(0, colon), hour) || !read(at.substr(colon + 1), minute)) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

// Days have 24 hours here: on the two of a year that have not, it rings an hour off if set across the change.
std::optional<std::int64_t> seconds_until(const json::object& arguments, const std::tm& now) {
  if (const auto seconds = json::find_int(arguments, "in_seconds")) return seconds;
  const auto minutes = minutes_of(text_at(arguments, "at"));
  if (!minutes) return std::nullopt;
  const std::int64_t today = (now.tm_hour * 60 + now.tm_min) * 60 + now.tm_sec;
  const std::int64_t left = *minutes * 60 - today;
  if (const auto ahead = json::find_int(arguments, "days")) {
    if (*ahead < 0 || *ahead > kMaxDays) return std::nullopt;
    return left + *ahead * kDaySeconds;
  }
  return left > 0 ? left : left + kDaySeconds;
}

std::string listed(const std::vector<Notebook::Reminder>& reminders, SteadyTime now) {
  json::array all;
  for (const Notebook::Reminder& one : reminders) {
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(one.due - now + std::chrono::milliseconds(500));
    const std::string_view what = one.what;
    json::object told{{"what", one.alarm() ? what.substr(Notebook::kAlarmMark.size()) : what},
                      {"in_seconds", left.count()},
                      {"timer", one.timer}};
    if (one.alarm()) told["alarm"] = true;
    all.push_back(std::move(told));
  }
  return json::serialize(all);
}

Notebook& notebook_of(const BuiltinToolInput& input) {
  EARSHOT_CHECK(input.notebook != nullptr, "a tool without the notebook that it needs");
  return *input.notebook;
}

}  // namespace

BuiltinToolOutput ReminderSetTool::run(const BuiltinToolInput& input) const {
  const auto seconds = seconds_until(input.arguments, input.local_time);
  if (!seconds) return {.text = Error{ErrorCode::kInvalid, "give in_seconds, or at as HH:MM"}};
  if (*seconds < 1) return {.text = Error{ErrorCode::kInvalid, "that time is over"}};
  if (*seconds > Notebook::kLongest / std::chrono::seconds(1))
    return {.text = Error{ErrorCode::kTooLarge, "more than 31 days ahead are not kept"}};
  const bool alarm = json::find_bool(input.arguments, "alarm").value_or(false);
  const std::string what = text_at(input.arguments, "what");
  const std::string say = text_at(input.arguments, "say");
  const Status status = notebook_of(input).add_reminder(
      {.id = 0,
       .due = input.now + std::chrono::seconds(*seconds),
       .what = alarm ? std::string(Notebook::kAlarmMark) + what : what,
       .say = say.empty() ? what : say,
       .timer = !alarm && json::find_bool(input.arguments, "timer").value_or(false)},
      input.now);
  if (!status) return {.text = status.error()};
  return {.text = json::serialize(json::object{{"in_seconds", *seconds}})};
}

BuiltinToolOutput ReminderListTool::run(const BuiltinToolInput& input) const {
  return {.text = listed(notebook_of(input).reminders(input.now), input.now)};
}

BuiltinToolOutput ReminderCancelTool::run(const BuiltinToolInput& input) const {
  const auto only = [&](std::string_view kind) {
    return json::find_bool(input.arguments, kind).value_or(false);
  };
  const auto which = only("timers_only")      ? Notebook::Which::kTimers
                     : only("alarms_only")    ? Notebook::Which::kAlarms
                     : only("reminders_only") ? Notebook::Which::kReminders
                                              : Notebook::Which::kAll;
  return {.text = listed(notebook_of(input).cancel(text_at(input.arguments, "what"), which, input.now),
                         input.now)};
}

}  // namespace earshot::worker
