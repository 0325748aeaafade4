// A long short-term memory: what a recurrent network keeps from one step to the next.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "worker/providers/neural/dense.h"

namespace earshot::worker::neural {

// 1 / (1 + e^-x), also for numbers whose exponential is too large: loud sound must not become "no number".
float sigmoid(float x);

// Immutable once made; used on any thread. The four gates lie in PyTorch's order: in, forget, candidate, out.
class LstmCell {
 public:
  struct Weights {
    std::span<const float> input;   // 4 * units x inputs
    std::span<const float> hidden;  // 4 * units x units
    std::span<const float> input_bias;
    std::span<const float> hidden_bias;
  };

  LstmCell() = default;
  // REQUIRES: 4 * units is a multiple of 64.
  LstmCell(const Weights& weights, std::size_t inputs, std::size_t units);

  std::size_t units() const { return bias_.size() / 4; }
  // What the gates hear of the inputs, of as many steps as there are: it does not depend on the state.
  // REQUIRES: from.size() == gates.size(); room for 4 * units() numbers behind each of the latter.
  void hear(std::span<const float* const> from, std::span<float* const> gates) const;
  // One step: `hidden` and `cell` are the state before and after it, units() numbers each; `gates` are of hear().
  void step(std::span<float> gates, std::span<float> hidden, std::span<float> cell) const;

 private:
  Dense input_;
  Dense hidden_;
  std::vector<float> bias_;
};

}  // namespace earshot::worker::neural
