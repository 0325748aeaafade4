#include "worker/providers/llm/wishes/notebook_skills.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "worker/providers/llm/wishes/said_duration.h"
#include "worker/providers/llm/wishes/said_words.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kSetTool = "reminder.set";
constexpr std::string_view kListRemindersTool = "reminder.list";
constexpr std::string_view kCancelTool = "reminder.cancel";
constexpr std::string_view kChangeListTool = "list.change";
constexpr std::string_view kReadListTool = "list.read";
constexpr std::string_view kClock = "clock.time";

constexpr std::size_t kMaxNotebookAnswer = 32 * 1024;
constexpr std::size_t kMaxReadAloud = 10;  // of a list; more can not be followed by ear
constexpr int kHalfDay = 12;

BrainStep answered(std::string text, std::string_view emotion = "happy") {
  return {.emotion = std::string(emotion), .text = std::move(text), .calls = {}};
}

BrainStep nobody_keeps(const SkillInput& input) {
  return answered(is_chinese_language(input.language) ? "抱歉，在这里我记不住提醒和清单。"
                                                      : "Sorry, I can not keep reminders or lists here.",
                  "sad");
}

BrainStep refused(const ToolAnswer& answer, const SkillInput& input) {
  const bool chinese = is_chinese_language(input.language);
  if (answer.text.find("is over") != std::string::npos)
    return answered(chinese ? "那个时间已经过了。" : "That time is over already.", "confused");
  if (answer.text.find("ahead") != std::string::npos)
    return answered(
        chinese ? "太久了，我只能记一个月。" : "That is too far ahead: I keep reminders for a month.", "sad");
  return answered(chinese ? "抱歉，已经记满了，先删掉一些吧。"
                          : "Sorry, there is no room for more. Remove something first.",
                  "sad");
}

struct HeardReminder {
  std::string what;
  std::int64_t seconds = 0;
  Rings rings = Rings::kReminder;
};

Rings rings_of(const json::object& heard) {
  if (json::find_bool(heard, "alarm").value_or(false)) return Rings::kAlarm;
  return json::find_bool(heard, "timer").value_or(false) ? Rings::kTimer : Rings::kReminder;
}

std::vector<HeardReminder> reminders_in(const std::string& answer) {
  std::vector<HeardReminder> reminders;
  const auto value = json::parse_value(answer, kMaxNotebookAnswer);
  if (!value || !value->is_array()) return reminders;
  for (const json::value& one : value->get_array()) {
    if (!one.is_object()) continue;
    const json::object& from = one.get_object();
    reminders.push_back({.what = std::string(json::find_string(from, "what").value_or("")),
                         .seconds = json::find_int(from, "in_seconds").value_or(0),
                         .rings = rings_of(from)});
  }
  return reminders;
}

std::vector<std::string> texts_in(const json::object& from, std::string_view key) {
  std::vector<std::string> texts;
  const json::array* items = json::find_array(from, key);
  if (items == nullptr) return texts;
  for (const json::value& item : *items) {
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

std::string spoken_list(const std::vector<std::string>& items, std::string_view language) {
  const std::vector<std::string_view> views(items.begin(), items.end());
  return joined_list(views, language);
}

std::string list_name(std::string_view name, bool chinese) {
  if (!chinese) return (name.empty() ? std::string("list") : std::string(name) + " list");
  if (name == "shopping") return "购物清单";
  if (name == "to do") return "待办清单";
  return std::string(name) + "清单";
}

// "19:30" and days, of a moment that may be in either half of the day.
struct Appointment {
  int minutes = 0;  // of the day
  std::optional<int> days;
};

Appointment appointment(const SaidMoment& moment, int now_minutes) {
  Appointment made{.minutes = moment.hour * 60 + moment.minute, .days = moment.days};
  if (!moment.either_half) return made;
  // "tomorrow at eight" is in the morning; "at eight" whichever comes first.
  const int early = (moment.hour % kHalfDay) * 60 + moment.minute;
  const int late = early + kHalfDay * 60;
  if (moment.days && *moment.days > 0) {
    made.minutes = moment.hour == kHalfDay ? late : early;
  } else if (early > now_minutes && !(moment.days && late > now_minutes && early < now_minutes)) {
    made.minutes = early;
  } else {
    made.minutes = late > now_minutes || moment.days ? late : early;
  }
  return made;
}

std::string two_digits(int n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

std::optional<int> minutes_now(const ToolAnswer& answer) {
  const std::string& text = answer.text;
  if (answer.is_error || text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto digit = [&](std::size_t i) { return text[i] - '0'; };
  const int minutes = (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4);
  return minutes >= 0 && minutes < 24 * 60 ? std::optional(minutes) : std::nullopt;
}

std::string when_it_rings(const Wish& wish, bool chinese, const std::string& language) {
  const std::string what = as_told_to_user(wish.text);
  if (wish.kind == WishKind::kRemind) return chinese ? "提醒你：" + what + "。" : "A reminder: " + what + ".";
  if (!wish.seconds) return chinese ? "时间到了。" : "It is time.";
  const std::string length = duration_as_adjective(*wish.seconds, language);
  return chinese ? length + "的计时到了。" : "Your " + length + " timer is done.";
}

std::string moment_name(const Wish& wish, const Appointment& when, const std::string& language) {
  const std::string time = time_text(when.minutes / 60, when.minutes % 60, language);
  const bool chinese = is_chinese_language(language);
  const int days = wish.moment->days.value_or(0);
  if (days == 1) return chinese ? "明天" + time : "tomorrow at " + time;
  if (days > 1)
    return chinese ? std::to_string(days) + "天后" + time : "in " + std::to_string(days) + " days at " + time;
  return chinese ? time : "at " + time;
}

BrainStep ask_for_time(const Wish& wish, bool chinese) {
  if (wish.kind == WishKind::kRemind)
    return answered(chinese ? "什么时候提醒你？" : "When shall I remind you?", "thinking");
  if (wish.rings == Rings::kAlarm) return answered(chinese ? "几点？" : "At what time?", "thinking");
  return answered(chinese ? "多长时间？" : "For how long?", "thinking");
}

// "the timer for 10 minutes has 6 minutes left"
std::string told_reminder(const HeardReminder& one, bool chinese, const std::string& language) {
  const std::string left = duration_text(std::max<std::int64_t>(one.seconds, 1), language);
  const std::string what = as_told_to_user(one.what);
  switch (one.rings) {
    case Rings::kTimer:
      return chinese ? what + "的计时还有" + left : "the timer for " + what + " has " + left + " left";
    case Rings::kAlarm:
      return chinese ? what + "的闹钟还有" + left : "the alarm " + what + " rings in " + left;
    case Rings::kReminder:
      break;
  }
  return chinese ? left + "后" + what : what + ", in " + left;
}

std::string none_is_set(Rings rings, bool chinese) {
  switch (rings) {
    case Rings::kTimer:
      return chinese ? "没有计时器。" : "No timer is set.";
    case Rings::kAlarm:
      return chinese ? "没有闹钟。" : "No alarm is set.";
    case Rings::kReminder:
      break;
  }
  return chinese ? "没有提醒。" : "There are no reminders.";
}

// What an alarm is told by later: without "tomorrow", which it is not for ever.
std::string alarm_name(const Wish& wish, const std::optional<Appointment>& when,
                       const std::string& language) {
  const bool chinese = is_chinese_language(language);
  if (!when) return (chinese ? "" : "for ") + duration_text(*wish.seconds, language);
  return (chinese ? "" : "at ") + time_text(when->minutes / 60, when->minutes % 60, language);
}

std::string_view only_of(Rings rings) {
  switch (rings) {
    case Rings::kTimer:
      return "timers_only";
    case Rings::kAlarm:
      return "alarms_only";
    case Rings::kReminder:
      break;
  }
  return "reminders_only";
}

}  // namespace

std::string as_told_to_user(std::string_view text) {
  struct Row {
    std::string_view from;
    std::string_view to;
  };
  static constexpr auto kRows = std::to_array<Row>({{"my", "your"},
                                                    {"me", "you"},
                                                    {"i", "you"},
                                                    {"i'm", "you're"},
                                                    {"mine", "yours"},
                                                    {"myself", "yourself"},
                                                    {"我", "你"}});
  const SaidWords said = said_words(text);
  std::string told;
  std::size_t done = 0;
  for (std::size_t i = 0; i < said.words.size(); ++i) {
    const auto row = std::ranges::find(kRows, std::string_view(said.words[i]), &Row::from);
    if (row == kRows.end()) continue;
    told += text.substr(done, said.places[i].begin - done);
    told += row->to;
    done = said.places[i].end;
  }
  told += text.substr(done);
  return told;
}

BrainStep set_reminder(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kSetTool)) return nobody_keeps(input);
  const bool chinese = is_chinese_language(input.language);
  if (wish.lacks_time()) return ask_for_time(wish, chinese);
  std::optional<Appointment> when;
  if (wish.moment) {
    if (!input.has_tool(kClock)) return BrainStep::say(Reply::kClockMissing, input);
    const ToolAnswer* clock = input.answer_of(kClock);
    if (clock == nullptr) return BrainStep::call(kClock);
    const auto now = minutes_now(*clock);
    if (!now) return BrainStep::say(Reply::kClockMissing, input);
    when = appointment(*wish.moment, *now);
  }
  const ToolAnswer* answer = input.answer_of(kSetTool);
  if (answer == nullptr) {
    json::object arguments;
    if (when) {
      arguments["at"] = two_digits(when->minutes / 60) + ":" + two_digits(when->minutes % 60);
      if (when->days) arguments["days"] = *when->days;
    } else {
      arguments["in_seconds"] = *wish.seconds;
    }
    const bool alarm = wish.kind == WishKind::kTimerSet && (wish.rings == Rings::kAlarm || when);
    arguments["what"] = wish.kind == WishKind::kRemind ? wish.text
                        : alarm                        ? alarm_name(wish, when, input.language)
                                                       : duration_text(*wish.seconds, input.language);
    arguments["say"] = when_it_rings(wish, chinese, input.language);
    if (wish.kind == WishKind::kTimerSet) arguments[alarm ? "alarm" : "timer"] = true;
    return BrainStep::call(kSetTool, json::serialize(arguments));
  }
  if (answer->is_error) return refused(*answer, input);
  if (wish.kind == WishKind::kTimerSet) {
    if (!when) {
      const std::string length = duration_text(*wish.seconds, input.language);
      return answered(chinese ? "好的，" + length + "后叫你。" : "Okay, " + length + " from now.");
    }
    const std::string time = moment_name(wish, *when, input.language);
    return answered(chinese ? "好的，" + time + "叫你。" : "Okay, I will call you " + time + ".");
  }
  const std::string what = as_told_to_user(wish.text);
  const std::string time = when      ? moment_name(wish, *when, input.language)
                           : chinese ? duration_text(*wish.seconds, input.language) + "后"
                                     : "in " + duration_text(*wish.seconds, input.language);
  return answered(chinese ? "好的，" + time + "提醒你" + what + "。"
                          : "Okay, I will remind you " + time + ": " + what + ".");
}

BrainStep tell_reminders(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kListRemindersTool)) return nobody_keeps(input);
  const ToolAnswer* answer = input.answer_of(kListRemindersTool);
  if (answer == nullptr) return BrainStep::call(kListRemindersTool);
  const bool chinese = is_chinese_language(input.language);
  std::vector<std::string> lines;
  for (const HeardReminder& one : reminders_in(answer->text)) {
    // Who asks for the reminders wants to hear of all that rings.
    if (wish.rings != Rings::kReminder && one.rings != wish.rings) continue;
    lines.push_back(told_reminder(one, chinese, input.language));
  }
  if (lines.empty()) return answered(none_is_set(wish.rings, chinese), "neutral");
  std::string text = spoken_list(lines, input.language);
  if (!chinese && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return answered(text + (chinese ? "。" : "."), "neutral");
}

BrainStep cancel_reminders(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kCancelTool)) return nobody_keeps(input);
  const ToolAnswer* answer = input.answer_of(kCancelTool);
  if (answer == nullptr) {
    json::object arguments;
    if (wish.seconds) arguments["what"] = duration_text(*wish.seconds, input.language);
    if (!wish.text.empty()) arguments["what"] = wish.text;
    arguments[only_of(wish.rings)] = true;
    return BrainStep::call(kCancelTool, json::serialize(arguments));
  }
  const bool chinese = is_chinese_language(input.language);
  const auto gone = reminders_in(answer->text);
  if (gone.empty()) return answered(chinese ? "没有可以取消的。" : "There is nothing to cancel.", "neutral");
  if (gone.size() > 1)
    return answered(chinese ? "好的，取消了" + std::to_string(gone.size()) + "个。"
                            : "Okay, " + std::to_string(gone.size()) + " are cancelled.");
  const std::string what = as_told_to_user(gone.front().what);
  return answered(chinese ? "好的，取消了：" + what + "。" : "Okay, cancelled: " + what + ".");
}

BrainStep change_list(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kChangeListTool)) return nobody_keeps(input);
  const bool chinese = is_chinese_language(input.language);
  const ToolAnswer* answer = input.answer_of(kChangeListTool);
  if (answer == nullptr) {
    json::object arguments;
    if (!wish.list.empty()) arguments["list"] = wish.list;
    json::array items;
    for (const std::string& item : wish.items) items.push_back(json::value(item));
    if (wish.kind == WishKind::kListClear) {
      arguments["clear"] = true;
    } else {
      arguments[wish.kind == WishKind::kListAdd ? "add" : "remove"] = std::move(items);
    }
    return BrainStep::call(kChangeListTool, json::serialize(arguments));
  }
  if (answer->is_error) return refused(*answer, input);
  const auto told = json::parse_object(answer->text, kMaxNotebookAnswer);
  if (!told) return BrainStep::say(Reply::kToolFailed, input);
  const std::string name = list_name(json::find_string(*told, "list").value_or(""), chinese);
  const auto removed = texts_in(*told, "removed");
  if (wish.kind == WishKind::kListAdd) {
    const std::string items = spoken_list(wish.items, input.language);
    const bool one = wish.items.size() == 1;
    return answered(chinese ? items + "已加到" + name + "。"
                            : items + (one ? " is" : " are") + " on the " + name + ".");
  }
  if (wish.kind == WishKind::kListClear)
    return answered(chinese ? name + "清空了。" : "The " + name + " is empty now.");
  if (removed.empty())
    return answered(chinese ? name + "上没有这个。" : "That is not on the " + name + ".", "confused");
  const std::string items = spoken_list(removed, input.language);
  const bool one = removed.size() == 1;
  return answered(chinese ? items + "已从" + name + "删除。"
                          : items + (one ? " is" : " are") + " off the " + name + ".");
}

BrainStep tell_list(const Wish& wish, const SkillInput& input) {
  if (!input.has_tool(kReadListTool)) return nobody_keeps(input);
  const bool chinese = is_chinese_language(input.language);
  const ToolAnswer* answer = input.answer_of(kReadListTool);
  if (answer == nullptr) {
    json::object arguments;
    if (!wish.list.empty()) arguments["list"] = wish.list;
    return BrainStep::call(kReadListTool, json::serialize(arguments));
  }
  const auto told = json::parse_object(answer->text, kMaxNotebookAnswer);
  if (answer->is_error || !told) return BrainStep::say(Reply::kToolFailed, input);
  const std::string name = list_name(json::find_string(*told, "list").value_or(""), chinese);
  auto items = texts_in(*told, "items");
  if (items.empty()) return answered(chinese ? name + "是空的。" : "The " + name + " is empty.", "neutral");
  std::string more;
  if (items.size() > kMaxReadAloud) {
    const std::string left = std::to_string(items.size() - kMaxReadAloud);
    more = chinese ? "，还有" + left + "样" : " Also " + left + " more.";
    items.resize(kMaxReadAloud);
  }
  const std::string listed = spoken_list(items, input.language);
  if (chinese) return answered(name + "上有" + listed + more + "。", "neutral");
  return answered("On the " + name + ": " + listed + "." + more, "neutral");
}

}  // namespace earshot::worker
