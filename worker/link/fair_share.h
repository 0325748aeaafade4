// How several gateways share one worker's capacity: first come, first served, but a quarter of each one's fair
// share stays free for it: whoever comes late is not shut out by whoever came first. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace earshot::worker {

// Whether a gateway with `own` sessions may have one more; `others`: the sessions of each of the others.
inline bool has_fair_room(std::uint32_t capacity, std::uint32_t own, std::span<const std::uint32_t> others) {
  const auto gateways = static_cast<std::uint32_t>(others.size() + 1);
  const std::uint32_t share = capacity / gateways;
  const std::uint32_t kept_free = share == 0 ? 0 : std::max(share / 4, 1U);
  std::uint32_t taken = own;
  std::uint32_t reserved = 0;
  for (const std::uint32_t sessions : others) {
    taken += sessions;
    if (sessions < kept_free) reserved += kept_free - sessions;
  }
  if (taken >= capacity) return false;
  return own < kept_free || taken + reserved < capacity;
}

}  // namespace earshot::worker
