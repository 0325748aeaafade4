// Rings: says what is due in the devices' notebooks, in a conversation or without one, as any `say` (sayer.h).
// A device that could not be reached is told when its next conversation begins; so is what came due while the
// gateway was not there. What is told long after its time says so.
//
// Runs on: the gateway's main executor.
// Owns: the notebooks, which outlive it where `save` keeps them, and one timer.
// Borrows: the sayer and the clock. `tell` carries a notebook to the worker of the device's conversation.
// Where gateways share a database, a device's notebook is of the one where it last began a conversation: `take` makes
// it ours and reads it. What another one still has of it is never saved.
// Lifecycle: made -> used -> stop().
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "gateway/control/commands/say_port.h"
#include "gateway/control/say/notebook_shelf.h"
#include "gateway/control/say/notebook_text.h"

namespace earshot::gateway {

enum class ReminderEvent { kDue, kTold, kMissed, kNoRoom, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(ReminderEvent::kCount)>
    kReminderEventNames{"reminder_due", "reminder_told", "reminder_missed", "reminder_no_room"};
using ReminderCounters = Counters<ReminderEvent, kReminderEventNames>;

class Reminders {
 public:
  using Tell = std::function<void(const DeviceId&, NotebookNews)>;

  // Takes a notebook that has changed, as text (notebook_text.h); empty: it is gone.
  using Save = std::function<void(const DeviceId&, std::string)>;
  // Reads a notebook as it was saved by whoever had it last; empty: there is none. A failure: what is known here counts.
  using Taken = std::function<void(const Result<std::string>&)>;
  using Take = std::function<void(const DeviceId&, Taken)>;
  static constexpr Milliseconds kLate{5 * 60 * 1000};  // later than this it is told as late

  Reminders(Executor executor, commands::SayPort& sayer, const Clock& clock, Tell tell, Save save = nullptr,
            int utc_offset_minutes = 0, Take take = nullptr);
  // What was saved before; what cannot be read is left out. At the start.
  void restore(const std::vector<std::pair<DeviceId, std::string>>& saved);
  void stop();

  void changed(const DeviceId& device, const NotebookNews& notebook);
  void session_opened(const DeviceId& device);
  // Another worker goes on with it, and does not know the notebook.
  void session_moved(const DeviceId& device);
  // An open conversation is told, too: it would bring all of it back.
  void forget(const DeviceId& device);
  void tick();  // says what is due

  const ReminderCounters& counters() const { return counters_; }

 private:
  void begin(const DeviceId& device);
  void taken(const DeviceId& device, const Result<std::string>& text);
  void ring(const NotebookShelf::Due& due);
  void save(const DeviceId& device);
  std::int64_t wall_ms() const;
  void arm();

  asio::steady_timer timer_;
  commands::SayPort& sayer_;
  const Clock& clock_;
  Tell tell_;
  Save save_;
  int utc_offset_minutes_;
  Take take_;                  // nullptr: no other gateway has our devices
  std::set<DeviceId> taking_;  // not changed since it was asked for
  ReminderCounters counters_;
  NotebookShelf shelf_;
  bool stopped_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the sayer still has of us
};

}  // namespace earshot::gateway
