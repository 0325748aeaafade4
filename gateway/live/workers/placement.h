// Finds a worker for one session while the device waits for its hello: asks one, and the next when it
// refuses, dies or stays silent. Never asks the same one twice while another is left; when all were asked, or
// none is there yet (a worker may be restarting), it pauses and starts over until the
// device's patience ends. Pure.
//
// Lifecycle: made -> start() -> settled: placed or given up. The caller executes each Step at once.
#pragma once

#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "gateway/live/workers/worker_pool.h"

namespace earshot::gateway {

struct PlacementLimits {
  Milliseconds open_timeout{3000};  // for one worker's answer
  // The device gives up 10 s after it published its hello (device-protocol 3.3);
  // the answer needs time to travel.
  Milliseconds total_timeout{9000};
  // Of a session that moves: as long as a worker takes to be started again and to load its models, as far as
  // somebody waits who hears nothing.
  Milliseconds move_timeout{15'000};
  Milliseconds pause{250};  // before starting over, so that a refusing worker is not asked in a loop
};

class Placement {
 public:
  // What to do now, in this order. All empty: nothing.
  struct Step {
    std::optional<WorkerKey> close;  // send it SessionClose: it stayed silent, but may yet answer
    std::optional<WorkerKey> open;   // send it SessionOpen
    bool placed = false;             // worker() has the session
    bool given_up = false;
  };

  Placement(PlacementLimits limits, SteadyTime now)
      : limits_(limits), give_up_at_(now + limits.total_timeout) {}

  Step start(WorkerPool& pool, SteadyTime now);
  Step on_opened(WorkerKey from);
  Step on_refused(WorkerKey from, WorkerPool& pool, SteadyTime now);
  // The link is gone: nothing is sent to it.
  Step on_lost(WorkerKey from, WorkerPool& pool, SteadyTime now);
  Step on_worker_added(WorkerPool& pool, SteadyTime now);
  // Call at or after next_deadline(); early calls do nothing.
  Step on_deadline(WorkerPool& pool, SteadyTime now);

  // REQUIRES: !settled().
  SteadyTime next_deadline() const { return deadline_; }
  bool settled() const { return state_ == State::kPlaced || state_ == State::kGivenUp; }
  // The worker that is being asked, or has the session.
  std::optional<WorkerKey> worker() const { return worker_; }

 private:
  enum class State { kAsking, kPausing, kPlaced, kGivenUp };
  Step ask_next(WorkerPool& pool, SteadyTime now);

  PlacementLimits limits_;
  SteadyTime give_up_at_;
  SteadyTime deadline_{};
  State state_ = State::kPausing;
  std::optional<WorkerKey> worker_;
  std::vector<WorkerKey> asked_;  // in this round
};

}  // namespace earshot::gateway
