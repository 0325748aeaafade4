// What another process has used: CPU time and memory, as /proc tells. Blocks for microseconds.
#pragma once

#include <cstdint>

namespace earshot::simulator {

struct ProcessUse {
  std::int64_t cpu_ns = 0;  // of all its threads that live
  std::int64_t rss_kb = 0;
};

bool process_lives(int pid);
// Zeros when there is no such process.
ProcessUse measure_process(int pid);
std::int64_t own_cpu_ns();

}  // namespace earshot::simulator
