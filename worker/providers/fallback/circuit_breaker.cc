#include "worker/providers/fallback/circuit_breaker.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr std::int64_t kClosed = 0;
constexpr int kMaxDoublings = 16;  // bounds the shift; longest_cool_down is reached before

std::int64_t ticks(SteadyTime time) {
  return std::max<std::int64_t>(kClosed + 1, time.time_since_epoch().count());
}

}  // namespace

CircuitBreaker::Admission CircuitBreaker::admit(SteadyTime now) {
  std::int64_t not_before = not_before_.load();
  if (not_before == kClosed) return Admission::kAdmitted;
  if (ticks(now) < not_before) return Admission::kRefused;
  // Of those who ask at the same time one wins; the others find the time moved on.
  if (not_before_.compare_exchange_strong(not_before, ticks(now + limits_.probe_patience)))
    return Admission::kProbe;
  return not_before == kClosed ? Admission::kAdmitted : Admission::kRefused;
}

void CircuitBreaker::on_success() {
  failures_.store(0);
  trips_.store(0);
  not_before_.store(kClosed);
}

void CircuitBreaker::on_failure(Admission admission, SteadyTime now) {
  const std::int64_t not_before = not_before_.load();
  switch (admission) {
    case Admission::kRefused:
      return;
    case Admission::kProbe:
      return open(not_before, trips_.fetch_add(1) + 1, now);
    case Admission::kAdmitted:
      // A request from before it opened tells nothing new.
      if (not_before != kClosed) return;
      if (failures_.fetch_add(1) + 1 >= limits_.failures) open(kClosed, 0, now);
      return;
  }
}

void CircuitBreaker::on_abandoned(Admission admission, SteadyTime now) {
  if (admission == Admission::kProbe) not_before_.store(ticks(now));
}

CircuitBreaker::State CircuitBreaker::state(SteadyTime now) const {
  const std::int64_t not_before = not_before_.load();
  if (not_before == kClosed) return State::kClosed;
  return ticks(now) < not_before ? State::kOpen : State::kHalfOpen;
}

void CircuitBreaker::open(std::int64_t from, int trips, SteadyTime now) {
  const Milliseconds grown = limits_.cool_down * (std::int64_t{1} << std::min(trips, kMaxDoublings));
  const Milliseconds cool_down = std::min(grown, limits_.longest_cool_down);
  failures_.store(0);
  not_before_.compare_exchange_strong(from, ticks(now + cool_down));
}

}  // namespace earshot::worker
