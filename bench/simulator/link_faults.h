// A bad network: which copies of a datagram arrive, and when. Pure; the same seed gives the same faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "common/base/clock.h"

namespace earshot::simulator {

struct FaultRates {
  double loss_percent = 0;
  double duplicate_percent = 0;
  double reorder_percent = 0;
  Milliseconds jitter{0};
};

class LinkFaults {
 public:
  LinkFaults(const FaultRates& rates, std::uint64_t seed) : rates_(rates), random_(seed) {}

  // RETURNS: when each copy arrives; none if it is lost.
  std::vector<SteadyTime> plan(SteadyTime sent) {
    if (hits(rates_.loss_percent)) {
      ++lost_;
      return {};
    }
    std::vector<SteadyTime> arrivals{sent + delay()};
    if (hits(rates_.duplicate_percent)) {
      ++duplicated_;
      arrivals.push_back(sent + delay());
    }
    return arrivals;
  }

  std::uint64_t lost() const { return lost_; }
  std::uint64_t duplicated() const { return duplicated_; }
  std::uint64_t reordered() const { return reordered_; }

 private:
  // Later than the next datagram of a 60 ms stream, earlier than the one after the next.
  static constexpr Milliseconds kReorderDelay{90};

  bool hits(double percent) { return std::uniform_real_distribution<double>(0, 100)(random_) < percent; }
  Microseconds delay() {
    const Microseconds most = rates_.jitter;
    Microseconds wait{std::uniform_int_distribution<std::int64_t>(0, most.count())(random_)};
    if (hits(rates_.reorder_percent)) {
      ++reordered_;
      wait += kReorderDelay;
    }
    return wait;
  }

  FaultRates rates_;
  std::mt19937_64 random_;
  std::uint64_t lost_ = 0;
  std::uint64_t duplicated_ = 0;
  std::uint64_t reordered_ = 0;
};

}  // namespace earshot::simulator
