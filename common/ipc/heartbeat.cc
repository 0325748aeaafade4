#include "common/ipc/heartbeat.h"

namespace earshot::ipc {

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
