// How far a recogniser that hears word by word is behind: from the last voiced frame to its last word. What one
// session has learnt serves the next: the lag is the service's, not the speaker's.
//
// Thread-safe: the sessions of an agent share one, each on its own strand.
#pragma once

#include <atomic>

#include "common/base/clock.h"

namespace earshot::worker {

class RecogniserLag {
 public:
  static constexpr Milliseconds kFirst{140};  // of services measured; the words of a local engine come sooner

  Milliseconds usual() const { return Milliseconds(usual_ms_.load(std::memory_order_relaxed)); }
  void learn(Milliseconds lag) { usual_ms_.store(static_cast<int>(lag.count()), std::memory_order_relaxed); }

 private:
  std::atomic<int> usual_ms_{static_cast<int>(kFirst.count())};
};

}  // namespace earshot::worker
