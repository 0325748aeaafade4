#include "gateway/control/say/reminders.h"

#include <utility>

namespace earshot::gateway {

Reminders::Reminders(Executor executor, commands::SayPort& sayer, const Clock& clock, Tell tell)
    : timer_(std::move(executor)), sayer_(sayer), clock_(clock), tell_(std::move(tell)) {}

void Reminders::stop() {
  stopped_ = true;
  *alive_ = false;
  timer_.cancel();
}

void Reminders::changed(const DeviceId& device, const NotebookNews& notebook) {
  if (!shelf_.put(device, notebook, clock_.now())) counters_.add(ReminderEvent::kNoRoom);
  arm();
}

void Reminders::session_opened(const DeviceId& device) {
  if (auto notebook = shelf_.read(device, clock_.now())) tell_(device, std::move(*notebook));
  for (const NotebookShelf::Due& missed : shelf_.take_missed(device, clock_.now())) ring(missed);
}

void Reminders::session_moved(const DeviceId& device) {
  if (auto notebook = shelf_.read(device, clock_.now())) tell_(device, std::move(*notebook));
}

void Reminders::tick() {
  for (const NotebookShelf::Due& due : shelf_.take_due(clock_.now())) {
    counters_.add(ReminderEvent::kDue);
    ring(due);
  }
  arm();
}

void Reminders::ring(const NotebookShelf::Due& due) {
  sayer_.say(due.device, due.say, [this, due, alive = alive_](Result<commands::Said> said) {
    if (!*alive) return;
    if (said) return counters_.add(ReminderEvent::kTold);
    counters_.add(ReminderEvent::kMissed);
    shelf_.put_back(due);
  });
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
