// A layer of a small neural network: y += W x, for a few x at once. A convolution is one too, of the samples that it
// covers.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace earshot::worker::neural {

// Immutable once made; used on any thread. The weights lie input by input, so that the outputs are summed side by
// side in the processor's vectors: with AVX2 where it has it (found out at run time), else with what every processor
// of this architecture has.
class Dense {
 public:
  Dense() = default;
  // weights: outputs x inputs, row by row.
  Dense(std::span<const float> weights, std::size_t outputs, std::size_t inputs);

  // What a row of results must have room for: the outputs, and what fills the last step of the widest loop.
  static constexpr std::size_t width(std::size_t outputs) { return (outputs + 63) / 64 * 64; }
  // Adds to each row of `to` what the row of `from` gives.
  // REQUIRES: from.size() == to.size(); `inputs` and width(outputs) numbers behind the pointers, none in both.
  void add(std::span<const float* const> from, std::span<float* const> to) const;
  void add(const float* from, float* to) const { add({&from, 1}, {&to, 1}); }

 private:
  std::size_t inputs_ = 0;
  std::size_t outputs_ = 0;
  std::size_t width_ = 0;
  std::vector<float> weights_;  // inputs x width
};

}  // namespace earshot::worker::neural
