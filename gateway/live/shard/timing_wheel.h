// The deadlines of all sessions of a shard, a millisecond apart: what playout paces by. Setting, moving and
// taking out a deadline is O(1) and allocates nothing; a turn of the wheel touches only what is due. Pure.
//
// Three rings: 256 slots of 1 ms, 256 of 256 ms, 64 of 65.5 s (70 minutes in all; a later deadline waits in
// the last slot and is sorted in again). A timer moves to a finer ring when its slot's time comes. Deadlines
// are rounded up to whole milliseconds of the steady clock; rounds of the shard fall on the same ones under
// load (live/shard/round_pacer.h), so that both together cost 1 ms at most.
//
// Runs on: one thread.
// Borrows: the timers, each until it is cancelled or has been taken as due.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace earshot::gateway {

// One session's place on the wheel; lives in the session's record. Not moved while it is set.
class WheelTimer {
 public:
  WheelTimer() = default;  // the head of a slot
  explicit WheelTimer(Ssrc session) : session_(session) {}
  ~WheelTimer() { unlink(); }
  WheelTimer(const WheelTimer&) = delete;
  WheelTimer& operator=(const WheelTimer&) = delete;

  bool is_set() const { return next_ != nullptr; }
  Ssrc session() const { return session_; }

 private:
  friend class TimingWheel;
  void unlink();

  Ssrc session_{};
  std::int64_t tick_ = 0;
  WheelTimer* next_ = nullptr;  // a ring through the slot's head
  WheelTimer* previous_ = nullptr;
};

class TimingWheel {
 public:
  static constexpr Milliseconds kTick{1};

  explicit TimingWheel(SteadyTime now);
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  // Replaces the timer's deadline; nullopt takes it out.
  void set(WheelTimer& timer, std::optional<SteadyTime> deadline);
  // Takes out one timer whose deadline has come; those of earlier ticks first. nullptr: none is left. After a
  // stall all ticks that passed are made up for.
  WheelTimer* pop_due(SteadyTime now);
  // When pop_due() has something to do: never later than the earliest deadline's tick, perhaps earlier (a
  // timer moves to a finer ring); nullopt: nothing is set.
  std::optional<SteadyTime> next_turn() const;

 private:
  struct Ring {
    static constexpr std::size_t kMaxSlots = 256;
    std::array<WheelTimer, kMaxSlots> heads;
    // May say yes of an emptied slot, never no of a full.
    std::array<std::uint64_t, kMaxSlots / 64> occupied{};
  };

  void insert(WheelTimer& timer);
  void link(std::size_t ring, std::size_t slot, WheelTimer& timer);
  void turn_to(std::int64_t tick);
  std::optional<std::int64_t> next_tick() const;
  void cascade(std::size_t ring, std::size_t slot);
  std::optional<std::size_t> first_occupied(std::size_t ring, std::size_t from, std::size_t slots) const;

  std::int64_t tick_;  // all slots before are empty
  std::array<Ring, 3> rings_;
};

}  // namespace earshot::gateway
