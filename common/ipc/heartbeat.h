// Decides when an idle link is asked for a sign of life and when it is given up: a Ping after each silent
// interval, dead when three Pings in a row had a whole interval each without anything heard. Pure.
//
// At most one step is taken a poll, so a stall of this very process never counts as silence of the other one.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace earshot::ipc {

class Heartbeat {
 public:
  enum class Action { kNone, kPing, kDead };
  static constexpr int kMissedPings = 3;  // proto/ipc.proto, GatewayHello.heartbeat_ms

  Heartbeat(Milliseconds interval, SteadyTime now) : interval_(interval), next_(now + interval) {}

  // From now on: a shorter one counts at once, a longer one from the next poll().
  void set_interval(Milliseconds interval, SteadyTime now);
  // Anything arrived on the link: a Pong, audio, control.
  void heard(SteadyTime now);
  // Call at or after next_deadline(); early calls answer kNone. After kDead the link is to be closed.
  Action poll(SteadyTime now);
  SteadyTime next_deadline() const { return next_; }

 private:
  Milliseconds interval_;
  SteadyTime next_;
  int unanswered_ = 0;
};

}  // namespace earshot::ipc
