#include "worker/link/process_load.h"

#include <sys/resource.h>

#include <algorithm>

namespace earshot::worker {

namespace {

Microseconds cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + Microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace

ProcessLoad::ProcessLoad(std::uint32_t threads, SteadyTime now)
    : threads_(std::max<std::uint32_t>(threads, 1)), last_(now), last_cpu_(cpu_time()) {}

std::uint32_t ProcessLoad::sample_permille(SteadyTime now) {
  const auto wall = std::chrono::duration_cast<Microseconds>(now - last_);
  if (wall.count() <= 0) return 0;
  const Microseconds cpu = cpu_time();
  const auto permille = 1000 * (cpu - last_cpu_).count() / (wall.count() * threads_);
  last_ = now;
  last_cpu_ = cpu;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(permille, 0, 1000));
}

}  // namespace earshot::worker
