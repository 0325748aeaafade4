// How fast a client takes sound: no more than so many events in any period. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/clock.h"

namespace earshot::gateway {

struct DeltaLimit {
  static constexpr std::uint32_t kLongestPeriodS = 60;
  static constexpr std::uint32_t kMostFrames = 1000;

  std::uint32_t period_s = 1;
  std::uint32_t frames = 1;
  bool operator==(const DeltaLimit&) const = default;
};

class DeltaPacing {
 public:
  explicit DeltaPacing(std::optional<DeltaLimit> limit) : limit_(limit) {}

  bool may_send(SteadyTime now) const { return next(now) <= now; }
  void sent(SteadyTime now) {
    if (!limit_) return;
    sent_.push_back(now);
    if (sent_.size() > limit_->frames) sent_.pop_front();
  }
  // When the next one may leave; `now` or earlier: at once.
  SteadyTime next(SteadyTime now) const {
    if (!limit_ || sent_.size() < limit_->frames) return now;
    return sent_.front() + Milliseconds(std::int64_t{limit_->period_s} * 1000);
  }

 private:
  std::optional<DeltaLimit> limit_;
  std::deque<SteadyTime> sent_;  // the latest of them, as many as a period may have
};

}  // namespace earshot::gateway
