// How busy this process has been: CPU time over wall time, of the threads it may use.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace earshot::worker {

class ProcessLoad {
 public:
  ProcessLoad(std::uint32_t threads, SteadyTime now);
  // RETURNS: 0..1000 since the call before.
  std::uint32_t sample_permille(SteadyTime now);

 private:
  std::uint32_t threads_;
  SteadyTime last_;
  Microseconds last_cpu_;
};

}  // namespace earshot::worker
