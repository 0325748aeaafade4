// What one device wants to be reminded of, and its lists: the part of it that the session's tools read and write.
// The gateway keeps it between sessions and rings (docs/agents.md); a change here is told to it as a whole. Pure.
//
// Runs on: the conversation's executor.
// Bounded: by the constants; texts are cut to whole characters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::worker {

class Notebook {
 public:
  static constexpr std::size_t kMaxReminders = 16;
  static constexpr std::size_t kMaxLists = 8;
  static constexpr std::size_t kMaxItems = 50;  // of one list
  static constexpr std::size_t kMaxWhatBytes = 200;
  static constexpr std::size_t kMaxSayBytes = 300;
  static constexpr std::size_t kMaxItemBytes = 80;
  static constexpr std::size_t kMaxNameBytes = 40;
  // In front of what an alarm is of: what a gateway keeps of a reminder has no place of its own for it.
  static constexpr std::string_view kAlarmMark = "alarm: ";
  static constexpr Milliseconds kLongest{31LL * 24 * 3600 * 1000};

  struct Reminder {
    std::uint64_t id = 0;
    SteadyTime due{};
    std::string what;  // "call mum"; of a timer its length, as it was said
    std::string say;   // when it rings, in the user's language
    bool timer = false;
    bool alarm() const { return !timer && what.starts_with(kAlarmMark); }
  };
  struct List {
    std::string name;
    std::vector<std::string> items;
  };

  // `first_id`: greater than that of any reminder made before, as the milliseconds since the epoch are.
  explicit Notebook(std::uint64_t first_id) : next_id_(first_id) {}

  // As the gateway had kept it; is no change. What is over the bounds is left out.
  void restore(std::vector<Reminder> reminders, std::vector<List> lists);

  // Those that are due have rung elsewhere.
  const std::vector<Reminder>& reminders(SteadyTime now);
  const std::vector<List>& lists() const { return lists_; }

  // kTooLarge: there are too many, or it is too far away; kInvalid: there is nothing to say.
  Status add_reminder(Reminder reminder, SteadyTime now);
  // Whose `what` holds the text, in any case of its letters; empty: all. Timers, alarms and reminders exclude each other.
  // RETURNS: what went.
  enum class Which { kAll, kTimers, kAlarms, kReminders };
  std::vector<Reminder> cancel(std::string_view what, Which which, SteadyTime now);

  // An empty name is the only list, or the shopping list. Chinese names of the usual lists are the English ones.
  // nullptr: there is none.
  const List* list(std::string_view name) const;
  // RETURNS: the list; kTooLarge: no room for another one, or in it. An item that is there stays once.
  Result<const List*> add_items(std::string_view name, const std::vector<std::string>& items);
  // RETURNS: those that were in it.
  std::vector<std::string> remove_items(std::string_view name, const std::vector<std::string>& items);
  bool clear_list(std::string_view name);  // RETURNS: whether there was one

  // Whether something changed since the last call.
  bool take_changed();

 private:
  static bool is_of(const Reminder& one, Which which);
  static bool is_meant(const Reminder& one, std::string_view wanted);
  List* find(std::string_view name);
  std::string full_name(std::string_view name) const;

  std::uint64_t next_id_;
  std::vector<Reminder> reminders_;  // by due time
  std::vector<List> lists_;
  bool changed_ = false;
};

}  // namespace earshot::worker
