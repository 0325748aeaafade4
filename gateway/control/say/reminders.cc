#include "gateway/control/say/reminders.h"

#include <utility>

namespace earshot::gateway {

Reminders::Reminders(Executor executor, commands::SayPort& sayer, const Clock& clock, Tell tell, Save save,
                     int utc_offset_minutes, Take take)
    : timer_(std::move(executor)),
      sayer_(sayer),
      clock_(clock),
      tell_(std::move(tell)),
      save_(std::move(save)),
      utc_offset_minutes_(utc_offset_minutes),
      take_(std::move(take)) {}

void Reminders::restore(const std::vector<std::pair<DeviceId, std::string>>& saved) {
  for (const auto& [device, text] : saved) {
    const auto notebook = read_notebook_text(text);
    if (notebook && !shelf_.restore(device, *notebook, clock_.now(), wall_ms()))
      counters_.add(ReminderEvent::kNoRoom);
  }
  arm();
}

void Reminders::stop() {
  stopped_ = true;
  *alive_ = false;
  timer_.cancel();
}

void Reminders::changed(const DeviceId& device, const NotebookNews& notebook) {
  taking_.erase(device);
  if (!shelf_.put(device, notebook, clock_.now())) counters_.add(ReminderEvent::kNoRoom);
  save(device);
  arm();
}

void Reminders::session_opened(const DeviceId& device) {
  if (!take_) return begin(device);
  taking_.insert(device);
  take_(device, [this, device, alive = alive_](const Result<std::string>& text) {
    if (*alive) taken(device, text);
  });
}

// What the conversation has changed meanwhile is newer.
void Reminders::taken(const DeviceId& device, const Result<std::string>& text) {
  if (taking_.erase(device) == 0) return;
  if (text) {
    shelf_.forget(device);
    if (const auto notebook = read_notebook_text(*text);
        notebook && !shelf_.restore(device, *notebook, clock_.now(), wall_ms()))
      counters_.add(ReminderEvent::kNoRoom);
    arm();
  }
  begin(device);
}

void Reminders::begin(const DeviceId& device) {
  if (auto notebook = shelf_.read(device, clock_.now())) tell_(device, std::move(*notebook));
  const std::vector<NotebookShelf::Due> missed = shelf_.take_missed(device, clock_.now());
  for (const NotebookShelf::Due& one : missed) ring(one);
  if (!missed.empty()) save(device);
}

void Reminders::forget(const DeviceId& device) {
  taking_.erase(device);
  shelf_.forget(device);
  tell_(device, {});
  save(device);
}

void Reminders::session_moved(const DeviceId& device) {
  if (auto notebook = shelf_.read(device, clock_.now())) tell_(device, std::move(*notebook));
}

void Reminders::tick() {
  for (const NotebookShelf::Due& due : shelf_.take_due(clock_.now())) {
    counters_.add(ReminderEvent::kDue);
    ring(due);
    save(due.device);
  }
  arm();
}

void Reminders::ring(const NotebookShelf::Due& due) {
  const SteadyTime now = clock_.now();
  const bool late = now - due.since > kLate;
  const auto due_ms = wall_ms() - std::chrono::duration_cast<Milliseconds>(now - due.since).count();
  const std::string words = late ? late_words(due.say, due_ms, utc_offset_minutes_) : due.say;
  sayer_.say(due.device, words, [this, due, alive = alive_](Result<commands::Said> said) {
    if (!*alive) return;
    if (said) return counters_.add(ReminderEvent::kTold);
    counters_.add(ReminderEvent::kMissed);
    shelf_.put_back(due);
    save(due.device);
  });
}

void Reminders::save(const DeviceId& device) {
  if (!save_) return;
  const auto kept = shelf_.kept(device, clock_.now(), wall_ms());
  save_(device, kept ? notebook_text(*kept) : std::string());
}

std::int64_t Reminders::wall_ms() const {
  return std::chrono::duration_cast<Milliseconds>(clock_.wall().time_since_epoch()).count();
}

void Reminders::arm() {
  const auto next = shelf_.next_due();
  if (stopped_ || !next) return;
  timer_.expires_at(*next);
  timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) tick();
  });
}

}  // namespace earshot::gateway
