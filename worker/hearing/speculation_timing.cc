#include "worker/hearing/speculation_timing.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr Milliseconds kLongest{920};  // the longest silence that ends an utterance is 1000

}  // namespace

Milliseconds SpeculationTiming::pause(const Words& words, Milliseconds silence) const {
  if (nominal_.count() == 0) return nominal_;
  Milliseconds pause = unknown_;
  if (words.look == Completeness::kFinished) pause = std::min(kLeast, nominal_);
  if (words.look == Completeness::kUnfinished) pause = kLongest;
  if (words.streamed && !has_caught_up(words) && lag_.count() > 0) pause = std::max(pause, lag_ + kLagMargin);
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
