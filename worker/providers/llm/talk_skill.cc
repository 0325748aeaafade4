#include "worker/providers/llm/talk_skill.h"

#include <chrono>
#include <cstdio>

namespace earshot::worker {

namespace {

// Names of the worker's own tools (worker/tools); the brain knows them as it knows the device's, by name.
constexpr std::string_view kTimeTool = "clock.time";
constexpr std::string_view kDateTool = "clock.date";
constexpr std::string_view kEndTool = "session.end";
constexpr std::string_view kReminderTool = "reminder.set";
constexpr std::string_view kListTool = "list.change";

}  // namespace

BrainStep tell_time(const SkillInput& input) {
  if (!input.has_tool(kTimeTool)) return BrainStep::say(Reply::kClockMissing, input);
  const ToolAnswer* answer = input.answer_of(kTimeTool);
  if (!answer) return BrainStep::call(kTimeTool);
  int hour = 0;
  int minute = 0;
  const bool readable = std::sscanf(answer->text.c_str(), "%2d:%2d", &hour, &minute) == 2;
  if (answer->is_error || !readable || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return BrainStep::say(Reply::kClockMissing, input);
  }
  return BrainStep::say(Reply::kTime, input, time_text(hour, minute, input.language));
}

BrainStep tell_date(const SkillInput& input) {
  if (!input.has_tool(kDateTool)) return BrainStep::say(Reply::kClockMissing, input);
  const ToolAnswer* answer = input.answer_of(kDateTool);
  if (!answer) return BrainStep::call(kDateTool);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const bool readable = std::sscanf(answer->text.c_str(), "%4d-%2u-%2u", &year, &month, &day) == 3;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (answer->is_error || !readable || !date.ok()) return BrainStep::say(Reply::kClockMissing, input);
  const unsigned weekday = std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding();
  return BrainStep::say(Reply::kDate, input,
                        date_text(year, static_cast<int>(month), static_cast<int>(day),
                                  static_cast<int>(weekday), input.language));
}

BrainStep tell_abilities(const SkillInput& input) {
  std::vector<std::string_view> abilities;
  const auto offer = [&](std::string_view tool, Ability ability) {
    if (input.has_tool(tool)) abilities.push_back(ability_text(ability, input.language));
  };
  offer(kVolumeTool, Ability::kVolume);
  offer(kBrightnessTool, Ability::kBrightness);
  offer(kThemeTool, Ability::kTheme);
  offer(kStatusTool, Ability::kStatus);
  offer(kTimeTool, Ability::kTime);
  offer(kDateTool, Ability::kDate);
  const bool any = !abilities.empty();
  if (any) abilities.push_back(ability_text(Ability::kFigures, input.language));
  offer(kReminderTool, Ability::kReminders);
  offer(kListTool, Ability::kLists);
  if (abilities.empty()) return BrainStep::say(Reply::kHelpNothing, input);
  return BrainStep::say(Reply::kHelp, input, joined_list(abilities, input.language));
}

BrainStep say_goodbye(const SkillInput& input, Reply farewell) {
  if (input.answer_of(kEndTool)) return {};
  BrainStep step = BrainStep::say(farewell, input);
  if (input.has_tool(kEndTool)) step.calls.push_back({.name = std::string(kEndTool)});
  return step;
}

}  // namespace earshot::worker
