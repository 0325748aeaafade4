// The dice of a simulated world: the same seed throws the same.
#pragma once

#include <cstdint>
#include <random>

#include "common/base/clock.h"

namespace earshot::simulation {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  bool hits(double percent) { return std::uniform_real_distribution<>(0, 100)(random_) < percent; }
  int between(int least, int most) { return std::uniform_int_distribution<>(least, most)(random_); }
  Milliseconds wait(int least_ms, int most_ms) { return Milliseconds(between(least_ms, most_ms)); }
  std::uint64_t number() { return random_(); }
  int count() { return ++count_; }  // no chance at all: 1, 2, 3 ...

 private:
  std::mt19937_64 random_;
  int count_ = 0;
};

}  // namespace earshot::simulation
