// Every device's notebook: what its users want to be reminded of, and their lists, kept between conversations.
// Pure.
//
// Runs on: the gateway's main executor.
// Bounded: kMaxDevices; one more takes the place of the one that was changed longest ago and holds no reminder,
// else it is refused. A notebook is as large as NotebookNews lets it be.
// What outlives the gateway is kept() and restore()d by whoever owns it (reminders.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/control/say/notebook_text.h"
#include "gateway/live/workers/worker_news.h"

namespace earshot::gateway {

class NotebookShelf {
 public:
  static constexpr std::size_t kMaxDevices = 10'000;
  static constexpr std::size_t kMaxRung = 32;  // ids of a device that are remembered as rung
  // What could not be said when it was due is tried again when the device is there, so long.
  static constexpr Milliseconds kOverdue{24LL * 3600 * 1000};

  // Replaces it. Reminders that have rung meanwhile, or were taken to be said, do not come back.
  // RETURNS: false: no room.
  bool put(const DeviceId& device, const NotebookNews& notebook, SteadyTime now);
  // As a conversation that begins is told; what is due already is not in it.
  std::optional<NotebookNews> read(const DeviceId& device, SteadyTime now) const;

  struct Due {
    DeviceId device;
    std::uint64_t id = 0;
    std::string say;
    SteadyTime since{};
  };
  // Takes what is due by now off the shelf.
  std::vector<Due> take_due(SteadyTime now);
  std::optional<SteadyTime> next_due() const;

  // It could not be said: kept for take_missed(), until it is overdue for kOverdue.
  void put_back(const Due& due);
  // Takes what the device has missed.
  std::vector<Due> take_missed(const DeviceId& device, SteadyTime now);

  // As it is now, for the store; nullopt: there is nothing. `wall_ms` is the same moment as `now`.
  std::optional<KeptNotebook> kept(const DeviceId& device, SteadyTime now, std::int64_t wall_ms) const;
  // As it was kept. What came due meanwhile is missed.
  // RETURNS: false: no room.
  bool restore(const DeviceId& device, const KeptNotebook& notebook, SteadyTime now, std::int64_t wall_ms);

  void forget(const DeviceId& device);
  std::size_t devices() const { return books_.size(); }

 private:
  struct Reminder {
    NotebookNews::Reminder told;
    SteadyTime due{};
  };
  struct Book {
    std::vector<Reminder> reminders;  // by due time
    std::vector<NotebookNews::List> lists;
    std::deque<std::uint64_t> rung;
    std::deque<Due> missed;  // at most kMaxReminders
    std::uint64_t changed = 0;
    bool empty() const { return reminders.empty() && lists.empty() && missed.empty(); }
  };
  bool make_room();

  std::map<DeviceId, Book> books_;
  std::uint64_t changes_ = 0;
};

}  // namespace earshot::gateway
