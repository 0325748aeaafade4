#include "gateway/live/workers/placement.h"

#include <algorithm>

namespace earshot::gateway {

Placement::Step Placement::start(WorkerPool& pool, SteadyTime now) {
  return ask_next(pool, now);
}

Placement::Step Placement::on_opened(WorkerKey from) {
  if (state_ != State::kAsking || worker_ != from) return {};
  state_ = State::kPlaced;
  return {.close = {}, .open = {}, .placed = true, .given_up = false};
}

Placement::Step Placement::on_refused(WorkerKey from, WorkerPool& pool, SteadyTime now) {
  if (state_ != State::kAsking || worker_ != from) return {};
  return ask_next(pool, now);
}

Placement::Step Placement::on_lost(WorkerKey from, WorkerPool& pool, SteadyTime now) {
  return on_refused(from, pool, now);
}

Placement::Step Placement::on_worker_added(WorkerPool& pool, SteadyTime now) {
  if (state_ != State::kPausing) return {};
  return ask_next(pool, now);
}

Placement::Step Placement::on_deadline(WorkerPool& pool, SteadyTime now) {
  if (settled() || now < deadline_) return {};
  const auto silent = state_ == State::kAsking ? worker_ : std::nullopt;
  if (silent) pool.set_silent(*silent);
  Step step = ask_next(pool, now);
  step.close = silent;
  return step;
}

Placement::Step Placement::ask_next(WorkerPool& pool, SteadyTime now) {
  worker_.reset();
  if (now >= give_up_at_) {
    state_ = State::kGivenUp;
    return {.close = {}, .open = {}, .placed = false, .given_up = true};
  }
  worker_ = pool.choose(asked_);
  if (!worker_) {
    asked_.clear();
    state_ = State::kPausing;
    deadline_ = std::min(now + limits_.pause, give_up_at_);
    return {};
  }
  asked_.push_back(*worker_);
  state_ = State::kAsking;
  deadline_ = std::min(now + limits_.open_timeout, give_up_at_);
  return {.close = {}, .open = worker_, .placed = false, .given_up = false};
}

}  // namespace earshot::gateway
