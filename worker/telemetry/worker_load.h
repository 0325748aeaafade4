// How full a worker is, as one figure for autoscalers: `earshot_worker_load`. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace earshot::worker {

// 0: idle; 1: it can take no more. The larger of its share of conversations and its share of processor time: echo
// fills the one, engines on this machine fill the other. Above 1 only while `capacity` shrinks.
inline double worker_load(std::size_t conversations, std::uint32_t capacity, std::uint32_t busy_permille) {
  const double filled = capacity == 0 ? 1.0 : static_cast<double>(conversations) / capacity;
  return std::max(filled, busy_permille / 1000.0);
}

}  // namespace earshot::worker
