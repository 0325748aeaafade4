#include "worker/tools/notebook.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kUsualList = "shopping";

struct ListNameRow {
  std::string_view said;
  std::string_view name;
};
constexpr auto kListNames = std::to_array<ListNameRow>({{"购物", "shopping"},
                                                        {"买菜", "shopping"},
                                                        {"采购", "shopping"},
                                                        {"grocery", "shopping"},
                                                        {"groceries", "shopping"},
                                                        {"todo", "to do"},
                                                        {"待办", "to do"},
                                                        {"待办事项", "to do"}});

// Of ASCII only; other letters stay.
std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lowered;
}

}  // namespace

void Notebook::restore(std::vector<Reminder> reminders, std::vector<List> lists) {
  reminders_ = std::move(reminders);
  lists_ = std::move(lists);
  if (reminders_.size() > kMaxReminders) reminders_.resize(kMaxReminders);
  if (lists_.size() > kMaxLists) lists_.resize(kMaxLists);
  for (List& list : lists_) {
    if (list.items.size() > kMaxItems) list.items.resize(kMaxItems);
  }
  std::ranges::sort(reminders_, {}, &Reminder::due);
  for (const Reminder& one : reminders_) next_id_ = std::max(next_id_, one.id + 1);
}

const std::vector<Notebook::Reminder>& Notebook::reminders(SteadyTime now) {
  std::erase_if(reminders_, [&](const Reminder& one) { return one.due <= now; });
  return reminders_;
}

Status Notebook::add_reminder(Reminder reminder, SteadyTime now) {
  reminder.what = json::clean_text(reminder.what, kMaxWhatBytes);
  reminder.say = json::clean_text(reminder.say, kMaxSayBytes);
  if (reminder.say.empty()) reminder.say = reminder.what;
  if (reminder.say.empty()) return Error{ErrorCode::kInvalid, "there is nothing to be reminded of"};
  if (reminder.due <= now) return Error{ErrorCode::kInvalid, "that time is over"};
  if (reminder.due - now > kLongest)
    return Error{ErrorCode::kTooLarge, "more than 31 days ahead are not kept"};
  if (reminders(now).size() >= kMaxReminders)
    return Error{ErrorCode::kTooLarge, "16 reminders and timers are set already"};
  reminder.id = next_id_++;
  reminders_.insert(std::ranges::upper_bound(reminders_, reminder.due, {}, &Reminder::due),
                    std::move(reminder));
  changed_ = true;
  return kDone;
}

// "5 minutes" is not meant by "15 minutes", nor by "1 hour and 5 minutes": a timer is named by the whole of its time.
bool Notebook::is_meant(const Reminder& one, std::string_view wanted) {
  const std::string what = lower(one.what);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (one.timer && !wanted.empty() && is_digit(wanted.front())) return what == wanted;
  return what.find(wanted) != std::string::npos;
}

bool Notebook::is_of(const Reminder& one, Which which) {
  switch (which) {
    case Which::kAll:
      return true;
    case Which::kTimers:
      return one.timer;
    case Which::kAlarms:
      return one.alarm();
    case Which::kReminders:
      return !one.timer && !one.alarm();
  }
  return false;
}

std::vector<Notebook::Reminder> Notebook::cancel(std::string_view what, Which which, SteadyTime now) {
  const std::string wanted = lower(what);
  std::vector<Reminder> gone;
  std::vector<Reminder> left;
  for (const Reminder& one : reminders(now)) {
    const bool fits = is_of(one, which) && is_meant(one, wanted);
    (fits ? gone : left).push_back(one);
  }
  if (!gone.empty()) changed_ = true;
  reminders_ = std::move(left);
  return gone;
}

std::string Notebook::full_name(std::string_view name) const {
  if (name.empty()) return lists_.size() == 1 ? lists_.front().name : std::string(kUsualList);
  std::string lowered = lower(json::clean_text(name, kMaxNameBytes));
  const auto known = std::ranges::find(kListNames, std::string_view(lowered), &ListNameRow::said);
  return known == kListNames.end() ? lowered : std::string(known->name);
}

Notebook::List* Notebook::find(std::string_view name) {
  const auto found = std::ranges::find(lists_, full_name(name), &List::name);
  return found == lists_.end() ? nullptr : &*found;
}

const Notebook::List* Notebook::list(std::string_view name) const {
  const auto found = std::ranges::find(lists_, full_name(name), &List::name);
  return found == lists_.end() ? nullptr : &*found;
}

Result<const Notebook::List*> Notebook::add_items(std::string_view name,
                                                  const std::vector<std::string>& items) {
  List* list = find(name);
  if (list == nullptr && lists_.size() >= kMaxLists)
    return Error{ErrorCode::kTooLarge, "there are 8 lists already"};
  std::vector<std::string> fresh;
  for (const std::string& item : items) {
    std::string clean = json::clean_text(item, kMaxItemBytes);
    const auto same = [&](const std::string& one) { return lower(one) == lower(clean); };
    const bool there =
        (list != nullptr && std::ranges::any_of(list->items, same)) || std::ranges::any_of(fresh, same);
    if (!clean.empty() && !there) fresh.push_back(std::move(clean));
  }
  if ((list == nullptr ? 0 : list->items.size()) + fresh.size() > kMaxItems)
    return Error{ErrorCode::kTooLarge, "a list has room for 50"};
  if (list == nullptr) list = &lists_.emplace_back(List{.name = full_name(name), .items = {}});
  changed_ = changed_ || !fresh.empty();
  std::ranges::move(fresh, std::back_inserter(list->items));
  return static_cast<const List*>(list);
}

std::vector<std::string> Notebook::remove_items(std::string_view name,
                                                const std::vector<std::string>& items) {
  std::vector<std::string> gone;
  List* const list = find(name);
  if (list == nullptr) return gone;
  for (const std::string& item : items) {
    const auto found =
        std::ranges::find_if(list->items, [&](const std::string& one) { return lower(one) == lower(item); });
    if (found == list->items.end()) continue;
    gone.push_back(std::move(*found));
    list->items.erase(found);
    changed_ = true;
  }
  return gone;
}

bool Notebook::clear_list(std::string_view name) {
  if (find(name) == nullptr) return false;
  std::erase_if(lists_, [name = full_name(name)](const List& one) { return one.name == name; });
  changed_ = true;
  return true;
}

bool Notebook::take_changed() {
  return std::exchange(changed_, false);
}

}  // namespace earshot::worker
