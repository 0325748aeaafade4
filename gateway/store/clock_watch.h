// Whether the wall clock may be believed where a wrong one does harm that cannot be undone. It is compared with
// the steady clock: one that moved by more than kJump (a battery that died, a time server that lies, a hand
// that slipped) must then run evenly for kProbation. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "common/base/clock.h"
#include "gateway/store/records.h"

namespace earshot::store {

class ClockWatch {
 public:
  static constexpr std::chrono::hours kJump{24};
  static constexpr std::chrono::hours kProbation{24};

  // Ask regularly.
  // RETURNS: false while it is not to be believed.
  bool believes(WallTime wall, SteadyTime steady) {
    const auto offset = std::chrono::floor<Milliseconds>(wall.time_since_epoch() - steady.time_since_epoch());
    if (offset_ && std::chrono::abs(offset - *offset_) > kJump) believed_from_ = steady + kProbation;
    offset_ = offset;
    return !believed_from_ || steady >= *believed_from_;
  }

 private:
  std::optional<Milliseconds> offset_;
  std::optional<SteadyTime> believed_from_;
};

}  // namespace earshot::store
