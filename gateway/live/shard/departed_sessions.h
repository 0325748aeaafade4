// Whose a session was that is over: its worker has the last turn's memories to tell, which come behind the end.
// Pure.
//
// Bounded: kMax of the last kAfterwards.
#pragma once

#include <cstddef>
#include <deque>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace earshot::gateway {

class DepartedSessions {
 public:
  static constexpr Milliseconds kAfterwards{30'000};  // as reportable_sessions.h
  static constexpr std::size_t kMax = 4096;

  struct Session {
    Ssrc ssrc{};
    DeviceId device;
    SessionId id;
    SteadyTime at{};
  };

  void note(Ssrc ssrc, const DeviceId& device, const SessionId& id, SteadyTime now) {
    while (!all_.empty() && (all_.size() >= kMax || all_.front().at + kAfterwards <= now)) all_.pop_front();
    all_.push_back({ssrc, device, id, now});
  }
  // nullptr: there was none, or too long ago.
  const Session* find(Ssrc ssrc, SteadyTime now) const {
    for (auto one = all_.rbegin(); one != all_.rend() && one->at + kAfterwards > now; ++one) {
      if (one->ssrc == ssrc) return &*one;
    }
    return nullptr;
  }

 private:
  std::deque<Session> all_;  // oldest first
};

}  // namespace earshot::gateway
