#include "worker/conversation/speculation_timing.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr Milliseconds kLongest{540};

}  // namespace

Milliseconds SpeculationTiming::pause(Completeness words, Milliseconds silence,
                                      std::optional<Milliseconds> last_word) const {
  if (nominal_.count() == 0) return nominal_;
  Milliseconds pause = unknown_;
  if (words == Completeness::kFinished) pause = std::min(kLeast, nominal_);
  if (words == Completeness::kUnfinished) pause = kLongest;
  if (!has_caught_up(last_word) && lag_.count() > 0) pause = std::max(pause, lag_ + kLagMargin);
  return std::min(pause, std::max(silence - kWorthIt, kLeast));
}

void SpeculationTiming::wasted() {
  unknown_ = std::min(unknown_ + kStep, std::max(kLongest, nominal_));
}

void SpeculationTiming::learn_lag(Milliseconds last_word) {
  const Milliseconds seen = std::clamp(last_word, Milliseconds{0}, kLongest);
  lag_ = seen > lag_ ? seen : lag_ + (seen - lag_) / 2;
  if (lag_ < kLagMargin) lag_ = Milliseconds{0};
}

void SpeculationTiming::right() {
  unknown_ = std::max(unknown_ - kStep / 5, nominal_);
}

}  // namespace earshot::worker
