// Rings: says what is due in the devices' notebooks, in a conversation or without one, as any `say` (sayer.h).
// A device that could not be reached is told when its next conversation begins.
//
// Runs on: the gateway's main executor.
// Owns: the notebooks and one timer.
// Borrows: the sayer and the clock. `tell` carries a notebook to the worker of the device's conversation.
// Lifecycle: made -> used -> stop().
#pragma once

#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "gateway/control/commands/say_port.h"
#include "gateway/control/say/notebook_shelf.h"

namespace earshot::gateway {

enum class ReminderEvent { kDue, kTold, kMissed, kNoRoom, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(ReminderEvent::kCount)>
    kReminderEventNames{"reminder_due", "reminder_told", "reminder_missed", "reminder_no_room"};
using ReminderCounters = Counters<ReminderEvent, kReminderEventNames>;

class Reminders {
 public:
  using Tell = std::function<void(const DeviceId&, NotebookNews)>;

  Reminders(Executor executor, commands::SayPort& sayer, const Clock& clock, Tell tell);
  void stop();

  void changed(const DeviceId& device, const NotebookNews& notebook);
  void session_opened(const DeviceId& device);
  // Another worker goes on with it, and does not know the notebook.
  void session_moved(const DeviceId& device);
  void forget(const DeviceId& device) { shelf_.forget(device); }
  void tick();  // says what is due

  const ReminderCounters& counters() const { return counters_; }

 private:
  void ring(const NotebookShelf::Due& due);
  void arm();

  asio::steady_timer timer_;
  commands::SayPort& sayer_;
  const Clock& clock_;
  Tell tell_;
  ReminderCounters counters_;
  NotebookShelf shelf_;
  bool stopped_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the sayer still has of us
};

}  // namespace earshot::gateway
