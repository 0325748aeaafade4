#include "gateway/live/shard/timing_wheel.h"

#include <algorithm>
#include <bit>

namespace earshot::gateway {

namespace {

// Bits of the tick that choose the slot in each ring: 256, 256, 64 slots.
constexpr std::array<unsigned, 3> kShift{0, 8, 16};
constexpr std::array<std::size_t, 3> kSlots{256, 256, 64};
constexpr std::int64_t kReach = std::int64_t{1} << 22;  // ticks that the rings hold together

std::size_t slot_of(std::size_t ring, std::int64_t tick) {
  return static_cast<std::size_t>(tick >> kShift[ring]) % kSlots[ring];
}

std::int64_t tick_at_or_before(SteadyTime time) {
  return std::chrono::floor<Milliseconds>(time.time_since_epoch()).count();
}

std::int64_t tick_at_or_after(SteadyTime time) {
  return std::chrono::ceil<Milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

void WheelTimer::unlink() {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = nullptr;
  previous_ = nullptr;
}

TimingWheel::TimingWheel(SteadyTime now) : tick_(tick_at_or_before(now)) {
  for (Ring& ring : rings_) {
    for (WheelTimer& head : ring.heads) head.next_ = head.previous_ = &head;
  }
}

void TimingWheel::set(WheelTimer& timer, std::optional<SteadyTime> deadline) {
  if (!deadline) return timer.unlink();
  const std::int64_t tick = std::max(tick_at_or_after(*deadline), tick_);
  if (timer.is_set() && timer.tick_ == tick) return;
  timer.unlink();
  timer.tick_ = tick;
  insert(timer);
}

WheelTimer* TimingWheel::pop_due(SteadyTime now) {
  const std::int64_t now_tick = tick_at_or_before(now);
  while (tick_ <= now_tick) {
    const std::size_t slot = slot_of(0, tick_);
    WheelTimer& head = rings_[0].heads[slot];
    if (head.next_ != &head) {
      WheelTimer* const due = head.next_;
      due->unlink();
      return due;
    }
    rings_[0].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    if (tick_ == now_tick) break;
    turn_to(std::min(next_tick().value_or(now_tick), now_tick));
  }
  return nullptr;
}

std::optional<SteadyTime> TimingWheel::next_turn() const {
  const auto tick = next_tick();
  if (!tick) return std::nullopt;
  return SteadyTime(Milliseconds(*tick));
}

// The first tick at which a slot with timers begins, in any ring.
std::optional<std::int64_t> TimingWheel::next_tick() const {
  std::optional<std::int64_t> next;
  for (std::size_t ring = 0; ring < rings_.size(); ++ring) {
    const auto ahead = first_occupied(ring, slot_of(ring, tick_), kSlots[ring]);
    if (!ahead) continue;
    const std::int64_t begins = ((tick_ >> kShift[ring]) + static_cast<std::int64_t>(*ahead)) << kShift[ring];
    next = std::min(next.value_or(begins), begins);
  }
  return next;
}

void TimingWheel::insert(WheelTimer& timer) {
  const std::int64_t tick = std::min(timer.tick_, tick_ + kReach - (std::int64_t{1} << kShift[2]) - 1);
  for (std::size_t ring = 0; ring < rings_.size(); ++ring) {
    // In the same or one of the next slots of this ring, before it comes round to the current one again.
    const std::int64_t ahead = (tick >> kShift[ring]) - (tick_ >> kShift[ring]);
    if (ahead < static_cast<std::int64_t>(kSlots[ring])) return link(ring, slot_of(ring, tick), timer);
  }
}

void TimingWheel::link(std::size_t ring, std::size_t slot, WheelTimer& timer) {
  WheelTimer& head = rings_[ring].heads[slot];
  timer.next_ = &head;
  timer.previous_ = head.previous_;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
  rings_[ring].occupied[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

// REQUIRES: no slot with timers begins before `tick`.
void TimingWheel::turn_to(std::int64_t tick) {
  tick_ = tick;
  for (std::size_t ring = rings_.size() - 1; ring > 0; --ring) {
    const bool slot_begins = (tick_ & ((std::int64_t{1} << kShift[ring]) - 1)) == 0;
    if (slot_begins) cascade(ring, slot_of(ring, tick_));
  }
}

// The slot's time has come: its timers go where they now belong.
void TimingWheel::cascade(std::size_t ring, std::size_t slot) {
  rings_[ring].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  WheelTimer& head = rings_[ring].heads[slot];
  WheelTimer* timer = head.next_;
  head.next_ = head.previous_ = &head;
  while (timer != &head) {
    WheelTimer* const following = timer->next_;
    insert(*timer);
    timer = following;
  }
}

// RETURNS: how many slots after `from` the first one lies that may hold timers, all round the ring.
std::optional<std::size_t> TimingWheel::first_occupied(std::size_t ring, std::size_t from,
                                                       std::size_t slots) const {
  const auto& occupied = rings_[ring].occupied;
  for (std::size_t ahead = 0; ahead < slots;) {
    const std::size_t slot = (from + ahead) % slots;
    const std::uint64_t word = occupied[slot / 64] >> (slot % 64);
    if (word != 0) {
      ahead += static_cast<std::size_t>(std::countr_zero(word));
      return ahead < slots ? std::optional(ahead) : std::nullopt;
    }
    ahead += 64 - slot % 64;
  }
  return std::nullopt;
}

}  // namespace earshot::gateway
