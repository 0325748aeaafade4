#include "bench/worker/process_usage.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace earshot::bench {

namespace {

// The number behind `key` in a file of "Key:   123 kB" lines; 0 when it is not there.
std::uint64_t kilobytes(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1));
  }
  return 0;
}

}  // namespace

Result<ProcessUsage> usage_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::string stat;
  std::getline(std::ifstream(folder + "/stat"), stat);
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, 3 is the first behind it.
  const std::size_t behind_name = stat.rfind(')');
  if (behind_name == std::string::npos) return Error{ErrorCode::kNotFound, "no process " + folder};
  std::istringstream fields(stat.substr(behind_name + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return ProcessUsage{.cpu_seconds = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)),
                      .rss_kb = kilobytes(folder + "/status", "VmRSS"),
                      .peak_kb = kilobytes(folder + "/status", "VmHWM"),
                      .private_kb = kilobytes(folder + "/smaps_rollup", "Private_Dirty")};
}

}  // namespace earshot::bench
