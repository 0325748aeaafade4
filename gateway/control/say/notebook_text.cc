#include "gateway/control/say/notebook_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "common/json/json.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxNotebookText = 512 * 1024;  // escapes may make six bytes of one

json::object reminder_json(const KeptNotebook::Reminder& one) {
  return {{"id", one.told.id},
          {"due", one.due_ms},
          {"what", one.told.what},
          {"say", one.told.say},
          {"timer", one.told.timer}};
}

std::string kept_text(const json::object& from, std::string_view key) {
  return json::clean_text(json::find_string(from, key).value_or(""), NotebookNews::kMaxTextBytes);
}

std::vector<KeptNotebook::Reminder> read_reminders(const json::object& from, std::string_view key) {
  std::vector<KeptNotebook::Reminder> reminders;
  const json::array* all = json::find_array(from, key);
  if (all == nullptr) return reminders;
  for (const json::value& item : *all) {
    if (reminders.size() == static_cast<std::size_t>(NotebookNews::kMaxReminders)) break;
    if (!item.is_object()) continue;
    const json::object& one = item.get_object();
    reminders.push_back({.told = {.id = static_cast<std::uint64_t>(json::find_int(one, "id").value_or(0)),
                                  .due_in = {},
                                  .what = kept_text(one, "what"),
                                  .say = kept_text(one, "say"),
                                  .timer = json::find_bool(one, "timer").value_or(false)},
                         .due_ms = json::find_int(one, "due").value_or(0)});
  }
  return reminders;
}

// Han characters: U+4E00 to U+9FFF begin with these bytes.
bool has_han(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xE4 && byte <= 0xE9;
  });
}

}  // namespace

std::string notebook_text(const KeptNotebook& notebook) {
  if (notebook.reminders.empty() && notebook.lists.empty() && notebook.missed.empty()) return {};
  json::array reminders;
  for (const auto& one : notebook.reminders) reminders.push_back(reminder_json(one));
  json::array missed;
  for (const auto& one : notebook.missed) missed.push_back(reminder_json(one));
  json::array lists;
  for (const auto& one : notebook.lists) {
    json::array items;
    for (const std::string& item : one.items) items.emplace_back(item);
    lists.push_back(json::object{{"name", one.name}, {"items", std::move(items)}});
  }
  return json::serialize(json::object{
      {"reminders", std::move(reminders)}, {"lists", std::move(lists)}, {"missed", std::move(missed)}});
}

std::optional<KeptNotebook> read_notebook_text(std::string_view text) {
  const auto object = json::parse_object(text, kMaxNotebookText);
  if (!object) return std::nullopt;
  KeptNotebook notebook{.reminders = read_reminders(*object, "reminders"),
                        .missed = read_reminders(*object, "missed")};
  const json::array* lists = json::find_array(*object, "lists");
  for (const json::value& item : lists == nullptr ? json::array() : *lists) {
    if (notebook.lists.size() == static_cast<std::size_t>(NotebookNews::kMaxLists)) break;
    if (!item.is_object()) continue;
    NotebookNews::List& list = notebook.lists.emplace_back();
    list.name = kept_text(item.get_object(), "name");
    const json::array* items = json::find_array(item.get_object(), "items");
    for (const json::value& one : items == nullptr ? json::array() : *items) {
      if (list.items.size() == static_cast<std::size_t>(NotebookNews::kMaxItems)) break;
      if (one.is_string())
        list.items.push_back(json::clean_text(one.get_string(), NotebookNews::kMaxTextBytes));
    }
  }
  return notebook;
}

std::string late_words(std::string_view say, std::int64_t due_ms, int utc_offset_minutes) {
  constexpr std::int64_t kDayMinutes = 24 * 60;
  const std::int64_t minutes = due_ms / 60'000 + utc_offset_minutes;
  const std::int64_t of_day = (minutes % kDayMinutes + kDayMinutes) % kDayMinutes;
  std::array<char, 16> time{};
  std::snprintf(time.data(), time.size(), "%d:%02d", static_cast<int>(of_day / 60),
                static_cast<int>(of_day % 60));
  if (has_han(say)) return std::string(time.data()) + " 的提醒：" + std::string(say);
  return "A reminder from " + std::string(time.data()) + ": " + std::string(say);
}

}  // namespace earshot::gateway
