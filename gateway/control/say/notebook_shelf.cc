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
