#include "worker/conversation/speculation_timing.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr Milliseconds kLongest{540};

}  // namespace

Milliseconds SpeculationTiming::pause(Completeness words, Milliseconds silence) const {
  if (nominal_.count() == 0) return nominal_;
  const Milliseconds latest = std::max(silence - kWorthIt, kLeast);
  switch (words) {
    case Completeness::kFinished:
      return std::min({kLeast, nominal_, latest});
    case Completeness::kUnknown:
      return std::min(unknown_, latest);
    case Completeness::kUnfinished:
      return std::min(kLongest, latest);
  }
  return nominal_;
}

void SpeculationTiming::wasted() {
  unknown_ = std::min(unknown_ + kStep, std::max(kLongest, nominal_));
}

void SpeculationTiming::right() {
  unknown_ = std::max(unknown_ - kStep / 5, nominal_);
}

}  // namespace earshot::worker
