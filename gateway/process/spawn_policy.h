// How many worker processes of its own a gateway should run for the load they report. Pure.
//
// One more starts when those that run are busy (kBusy of their capacity on average, for kBusyFor) and the latest one
// is up, or has had kStartUp to get there; one less is enough when the others would stay calm without it (kCalm, for
// kCalmFor). Between the two nothing changes, so that a load at the edge starts and stops nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/base/clock.h"

namespace earshot::gateway {

struct SpawnRange {
  std::uint32_t least = 2;
  std::uint32_t most = 2;

  bool fixed() const { return least == most; }
};

class SpawnPolicy {
 public:
  static constexpr double kBusy = 0.7;
  static constexpr double kCalm = 0.4;
  static constexpr Milliseconds kBusyFor{3000};
  static constexpr Milliseconds kCalmFor{120'000};
  static constexpr Milliseconds kStartUp{15'000};

  enum class Step { kNone, kStart, kStop };

  explicit SpawnPolicy(SpawnRange range) : range_(range) {}

  // `running`: processes that are started and not told to end. `loads`: of those that are linked, each from 0 (idle)
  // to 1 (full or wholly busy). The caller takes the step before it asks again.
  Step next(std::uint32_t running, std::span<const double> loads, SteadyTime now);

 private:
  Step take(Step step, SteadyTime now);

  SpawnRange range_;
  std::optional<SteadyTime> busy_since_;
  std::optional<SteadyTime> calm_since_;
  std::optional<SteadyTime> started_at_;
};

}  // namespace earshot::gateway
