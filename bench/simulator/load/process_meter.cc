#include "bench/simulator/load/process_meter.h"

#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace earshot::simulator {

namespace {

// The first number of /proc/PID/task/TID/schedstat: ns on a processor.
std::int64_t task_cpu_ns(const std::filesystem::path& task) {
  std::ifstream file(task / "schedstat");
  std::int64_t ns = 0;
  file >> ns;
  return ns;
}

std::int64_t rss_kb(const std::filesystem::path& process) {
  std::ifstream file(process / "smaps_rollup");
  for (std::string word; file >> word;) {
    if (word != "Rss:") continue;
    std::int64_t kb = 0;
    file >> kb;
    return kb;
  }
  return 0;
}

}  // namespace

bool process_lives(int pid) {
  return std::filesystem::exists("/proc/" + std::to_string(pid));
}

ProcessUse measure_process(int pid) {
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  ProcessUse use{.cpu_ns = 0, .rss_kb = rss_kb(process)};
  std::error_code gone;  // a process may end while it is looked at: it has used nothing then
  for (const auto& task : std::filesystem::directory_iterator(process / "task", gone)) {
    use.cpu_ns += task_cpu_ns(task.path());
  }
  return use;
}

std::int64_t own_cpu_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

}  // namespace earshot::simulator
