// How long to wait before a gateway is dialled again: doubling up to five seconds, a part of it by chance, so
// that many workers do not come back to a restarted gateway in one instant. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "common/base/clock.h"

namespace earshot::worker {

class ReconnectBackoff {
 public:
  static constexpr Milliseconds kFirst{100};
  static constexpr Milliseconds kLongest{5000};

  explicit ReconnectBackoff(std::uint32_t seed) : random_(seed) {}

  // RETURNS: between half and all of the current step.
  Milliseconds next() {
    const Milliseconds::rep step = step_.count();
    step_ = std::min(step_ * 2, kLongest);
    return Milliseconds{std::uniform_int_distribution<Milliseconds::rep>(step / 2, step)(random_)};
  }
  void succeeded() { step_ = kFirst; }

 private:
  std::minstd_rand random_;
  Milliseconds step_ = kFirst;
};

}  // namespace earshot::worker
