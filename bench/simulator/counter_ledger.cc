#include "bench/simulator/counter_ledger.h"

#include <algorithm>

namespace earshot::simulator {

namespace {

struct Run {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Run run_of(const Block& header, std::size_t payload_bytes) {
  const std::uint64_t first = load_be32(header.data() + 12);
  return {first, first + std::max<std::size_t>(1, (payload_bytes + 15) / 16)};
}

std::array<std::uint8_t, 12> prefix_of(const Block& header) {
  std::array<std::uint8_t, 12> prefix{};
  std::copy_n(header.begin(), prefix.size(), prefix.begin());
  return prefix;
}

}  // namespace

void CounterLedger::record_uplink(const Block& header, std::size_t payload_bytes) {
  const Run run = run_of(header, payload_bytes);
  std::uint64_t& end = used_[prefix_of(header)][run.begin];
  end = std::max(end, run.end);
}

bool CounterLedger::record_downlink(const Block& header, std::size_t payload_bytes) {
  const Run run = run_of(header, payload_bytes);
  Runs& runs = used_[prefix_of(header)];
  // A payload of 16 bits of length has at most 4096 blocks: no earlier run can reach further.
  constexpr std::uint64_t kMaxBlocks = 4096;
  const std::uint64_t from = run.begin > kMaxBlocks ? run.begin - kMaxBlocks : 0;
  for (auto it = runs.lower_bound(from); it != runs.end() && it->first < run.end; ++it) {
    if (it->second > run.begin) return false;
  }
  runs[run.begin] = run.end;
  return true;
}

}  // namespace earshot::simulator
