// How many descriptors this process may open, and how they are shared out.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace earshot {

// The soft limit is 1,024 on most systems, for the sake of programs that use select(); the hard one is what the
// administrator meant. Call at the start of main.
// RETURNS: the limit in force.
inline std::uint64_t raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  const rlim_t soft = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : soft;
}

// What clients of the HTTP port may take, so that idle ones cannot keep the broker from being started again or
// a worker from being linked. libmosquitto waits with select(), which sees no descriptor from 1,024 on: what is
// beyond them is of no use to the broker's link, so they are shared out and no more.
// RETURNS: 16 at least.
inline std::size_t http_descriptors(std::uint64_t limit) {
  constexpr std::uint64_t kSelectable = 1024;
  constexpr std::uint64_t kReserve =
      256;  // shards, links to workers, the broker, the store, files on their way
  constexpr std::uint64_t kFewest = 16;
  const std::uint64_t shared = std::min(limit, kSelectable);
  return static_cast<std::size_t>(shared > kReserve + kFewest ? shared - kReserve : kFewest);
}

}  // namespace earshot
