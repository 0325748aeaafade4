#include "common/ipc/heartbeat.h"

#include <algorithm>

namespace earshot::ipc {

void Heartbeat::set_interval(Milliseconds interval, SteadyTime now) {
  interval_ = interval;
  next_ = std::min<SteadyTime>(next_, now + interval);
}

void Heartbeat::heard(SteadyTime now) {
  unanswered_ = 0;
  next_ = now + interval_;
}

Heartbeat::Action Heartbeat::poll(SteadyTime now) {
  if (now < next_) return Action::kNone;
  next_ = now + interval_;
  if (unanswered_ == kMissedPings) return Action::kDead;
  ++unanswered_;
  return Action::kPing;
}

}  // namespace earshot::ipc
