// What a process has used, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "common/base/result.h"

namespace earshot::bench {

struct ProcessUsage {
  double cpu_seconds = 0;        // user and system, all threads
  std::uint64_t rss_kb = 0;      // now
  std::uint64_t peak_kb = 0;     // at most so far
  std::uint64_t private_kb = 0;  // of rss_kb, what only this process has written (Private_Dirty)
};

// kNotFound: there is no such process any more.
Result<ProcessUsage> usage_of(pid_t pid);

}  // namespace earshot::bench
