// Samples of one quantity, and what share of them stays below what. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace earshot::simulator {

class Percentiles {
 public:
  void add(float sample) { samples_.push_back(sample); }
  std::size_t count() const { return samples_.size(); }
  // `share` in [0, 1]; nullopt without samples. Reorders the samples: linear time.
  std::optional<double> at(double share) {
    if (samples_.empty()) return std::nullopt;
    const auto rank =
        std::min(samples_.size() - 1, static_cast<std::size_t>(share * static_cast<double>(samples_.size())));
    const auto nth = samples_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(samples_.begin(), nth, samples_.end());
    return *nth;
  }

 private:
  std::vector<float> samples_;
};

}  // namespace earshot::simulator
