// How exactly a turn's frames arrive one frame duration apart. The lead is left out (it is sent faster); the
// schedule hangs on the frame that was earliest by it, so an error is how much later than
// that pace a frame came. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace earshot::simulator {

class PacingTrack {
 public:
  // Twice the longest lead that is usual: from here on one frame leaves each frame duration.
  static constexpr std::uint32_t kFirstFrame = 10;
  static constexpr std::int64_t kFrameNs = 60'000'000;

  void add(std::uint32_t index, std::int64_t arrived_ns) {
    if (index < kFirstFrame) return;
    const std::int64_t offset = arrived_ns - std::int64_t{index} * kFrameNs;
    earliest_ = std::min(earliest_, offset);
    offsets_.push_back(offset);
  }
  template <class Visitor>  // visitor(float error_ms)
  void visit_errors(Visitor&& visitor) const {
    for (const std::int64_t offset : offsets_) visitor(static_cast<float>(offset - earliest_) / 1e6F);
  }

 private:
  std::int64_t earliest_ = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> offsets_;
};

}  // namespace earshot::simulator
