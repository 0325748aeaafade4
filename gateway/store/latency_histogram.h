// How often which latency was met, small enough to keep one for each five minutes for ever.
//
// Pure. Exact up to 15 ms; above, each doubling has 16 bins, so a percentile is right to 3 %. Longer than
// 17 minutes counts as that.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::store {

class LatencyHistogram {
 public:
  void add(Milliseconds latency);
  // Adds what encode() gave.
  // RETURNS: false for bytes that it never gave; then some of it may have been added.
  bool add_encoded(std::string_view bytes);

  std::uint32_t count() const { return count_; }
  // The smallest latency that `share` (0..1) of all do not exceed.
  // REQUIRES: count() > 0.
  Milliseconds percentile(double share) const;
  // Each bin that is not empty: its number (2 bytes, big-endian), its count (4 bytes).
  std::string encode() const;

 private:
  static constexpr std::size_t kBins = 16 + 16 * 16;
  std::array<std::uint32_t, kBins> bins_{};
  std::uint32_t count_ = 0;
};

}  // namespace earshot::store
