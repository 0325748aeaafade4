#include "gateway/process/spawn_policy.h"

#include <numeric>

namespace earshot::gateway {

namespace {

// RETURNS: whether `holds` has done so for `long_enough`; `since`: from when on.
bool lasts(bool holds, std::optional<SteadyTime>& since, Milliseconds long_enough, SteadyTime now) {
  if (!holds)
    since.reset();
  else if (!since)
    since = now;
  return since && now - *since >= long_enough;
}

}  // namespace

SpawnPolicy::Step SpawnPolicy::next(std::uint32_t running, std::span<const double> loads, SteadyTime now) {
  if (running < range_.least) return take(Step::kStart, now);
  const bool all_up = loads.size() >= running;
  const double sum = std::accumulate(loads.begin(), loads.end(), 0.0);
  const bool busy = !loads.empty() && sum >= kBusy * static_cast<double>(loads.size());
  const bool calm = all_up && running > 1 && sum < kCalm * (running - 1);
  const bool busy_long = lasts(busy, busy_since_, kBusyFor, now);
  const bool calm_long = lasts(calm, calm_since_, kCalmFor, now);
  const bool starts_up = !all_up && started_at_ && now - *started_at_ < kStartUp;
  if (busy_long && running < range_.most && !starts_up) return take(Step::kStart, now);
  if (calm_long && running > range_.least) return take(Step::kStop, now);
  return Step::kNone;
}

SpawnPolicy::Step SpawnPolicy::take(Step step, SteadyTime now) {
  busy_since_.reset();
  calm_since_.reset();
  if (step == Step::kStart) started_at_ = now;
  return step;
}

}  // namespace earshot::gateway
