#include "gateway/live/session/control_rtt.h"

#include <algorithm>

namespace earshot::gateway {

void ControlRtt::add_sample(Microseconds round_trip) {
  if (round_trip < Microseconds::zero() || round_trip > kLongestSample) return;
  if (!estimate_ || round_trip >= *estimate_) {
    estimate_ = round_trip;
  } else {
    estimate_ = (*estimate_ * 3 + round_trip) / 4;
  }
}

Milliseconds ControlRtt::start_guard() const {
  const auto round_trip = std::chrono::ceil<Milliseconds>(estimate_.value_or(kUnknown));
  return std::clamp(round_trip + kMargin, kShortestGuard, kLongestGuard);
}

}  // namespace earshot::gateway
