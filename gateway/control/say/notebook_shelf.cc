#include "gateway/control/say/notebook_shelf.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

bool NotebookShelf::put(const DeviceId& device, const NotebookNews& notebook, SteadyTime now) {
  auto found = books_.find(device);
  if (found == books_.end()) {
    if (books_.size() >= kMaxDevices && !make_room()) return false;
    found = books_.emplace(device, Book{}).first;
  }
  Book& book = found->second;
  book.changed = ++changes_;
  book.lists = notebook.lists;
  book.reminders.clear();
  for (const NotebookNews::Reminder& one : notebook.reminders) {
    if (std::ranges::find(book.rung, one.id) != book.rung.end()) continue;
    book.reminders.push_back({.told = one, .due = now + one.due_in});
  }
  std::ranges::sort(book.reminders, {}, &Reminder::due);
  // An emptied one stays while it knows what has rung: the conversation may not know that yet.
  if (book.empty() && book.rung.empty()) books_.erase(found);
  return true;
}

std::optional<NotebookNews> NotebookShelf::read(const DeviceId& device, SteadyTime now) const {
  const auto found = books_.find(device);
  if (found == books_.end()) return std::nullopt;
  NotebookNews notebook{.reminders = {}, .lists = found->second.lists};
  for (const Reminder& one : found->second.reminders) {
    if (one.due <= now) continue;
    notebook.reminders.push_back(one.told);
    notebook.reminders.back().due_in = std::chrono::duration_cast<Milliseconds>(one.due - now);
  }
  return notebook;
}

std::vector<NotebookShelf::Due> NotebookShelf::take_due(SteadyTime now) {
  std::vector<Due> due;
  for (auto& [device, book] : books_) {
    while (!book.reminders.empty() && book.reminders.front().due <= now) {
      const NotebookNews::Reminder& one = book.reminders.front().told;
      due.push_back({.device = device, .id = one.id, .say = one.say, .since = now});
      book.rung.push_back(one.id);
      if (book.rung.size() > kMaxRung) book.rung.pop_front();
      book.reminders.erase(book.reminders.begin());
    }
  }
  return due;
}

std::optional<SteadyTime> NotebookShelf::next_due() const {
  std::optional<SteadyTime> next;
  for (const auto& [device, book] : books_) {
    if (!book.reminders.empty() && (!next || book.reminders.front().due < *next))
      next = book.reminders.front().due;
  }
  return next;
}

void NotebookShelf::put_back(const Due& due) {
  const auto found = books_.find(due.device);
  if (found == books_.end()) return;  // forgotten meanwhile
  auto& missed = found->second.missed;
  missed.push_back(due);
  if (missed.size() > static_cast<std::size_t>(NotebookNews::kMaxReminders)) missed.pop_front();
}

std::vector<NotebookShelf::Due> NotebookShelf::take_missed(const DeviceId& device, SteadyTime now) {
  std::vector<Due> taken;
  const auto found = books_.find(device);
  if (found == books_.end()) return taken;
  for (Due& one : std::exchange(found->second.missed, {})) {
    if (now - one.since < kOverdue) taken.push_back(std::move(one));
  }
  return taken;
}

std::optional<KeptNotebook> NotebookShelf::kept(const DeviceId& device, SteadyTime now,
                                                std::int64_t wall_ms) const {
  const auto found = books_.find(device);
  if (found == books_.end()) return std::nullopt;
  const auto wall_of = [&](SteadyTime time) {
    return wall_ms + std::chrono::duration_cast<Milliseconds>(time - now).count();
  };
  KeptNotebook notebook{.lists = found->second.lists};
  for (const Reminder& one : found->second.reminders)
    notebook.reminders.push_back({.told = one.told, .due_ms = wall_of(one.due)});
  for (const Due& one : found->second.missed) {
    notebook.missed.push_back(
        {.told = {.id = one.id, .due_in = {}, .what = {}, .say = one.say}, .due_ms = wall_of(one.since)});
  }
  return notebook;
}

// A clock that jumped far must not make a time that cannot be counted.
bool NotebookShelf::restore(const DeviceId& device, const KeptNotebook& notebook, SteadyTime now,
                            std::int64_t wall_ms) {
  constexpr std::int64_t kFarMs = 32LL * 24 * 3600 * 1000;
  if (books_.size() >= kMaxDevices && !books_.contains(device) && !make_room()) return false;
  Book& book = books_[device];
  book = {};
  book.changed = ++changes_;
  book.lists = notebook.lists;
  const auto add = [&](const KeptNotebook::Reminder& one) {
    const Milliseconds ahead(std::clamp(one.due_ms - wall_ms, -kFarMs, kFarMs));
    if (ahead > Milliseconds(0)) {
      book.reminders.push_back({.told = one.told, .due = now + ahead});
      return;
    }
    book.missed.push_back({.device = device, .id = one.told.id, .say = one.told.say, .since = now + ahead});
    book.rung.push_back(one.told.id);
    if (book.missed.size() > static_cast<std::size_t>(NotebookNews::kMaxReminders)) book.missed.pop_front();
    if (book.rung.size() > kMaxRung) book.rung.pop_front();
  };
  std::ranges::for_each(notebook.missed, add);
  std::ranges::for_each(notebook.reminders, add);
  std::ranges::sort(book.reminders, {}, &Reminder::due);
  if (book.empty()) books_.erase(device);
  return true;
}

void NotebookShelf::forget(const DeviceId& device) {
  books_.erase(device);
}

bool NotebookShelf::make_room() {
  auto oldest = books_.end();
  for (auto book = books_.begin(); book != books_.end(); ++book) {
    if (!book->second.reminders.empty()) continue;
    if (oldest == books_.end() || book->second.changed < oldest->second.changed) oldest = book;
  }
  if (oldest == books_.end()) return false;
  books_.erase(oldest);
  return true;
}

}  // namespace earshot::gateway
