#include "worker/providers/neural/dense.h"

#include <cstring>

namespace earshot::worker::neural {

namespace {

struct Product {
  const float* weights;
  std::size_t inputs;
  std::size_t outputs;
  std::size_t width;
};

template <int lanes>
struct Vector {
  typedef float Type __attribute__((vector_size(lanes * sizeof(float))));
};

// `rows` inputs by `blocks` vectors of outputs at a time: so many sums as fit the registers (16 of them), and enough
// that one addition need not wait for the one before.
// Each vector is moved by itself: arrays of them moved at once would stay in memory and cost half the speed.
template <int lanes, int rows, int blocks>
[[gnu::always_inline]] inline void add_rows(const Product& w, const float* const* from, float* const* to) {
  using Lanes = typename Vector<lanes>::Type;
  constexpr std::size_t kStep = std::size_t{lanes} * blocks;
  for (std::size_t at = 0; at < w.outputs; at += kStep) {
    Lanes sums[rows][blocks];
#pragma GCC unroll 4
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 8
      for (int block = 0; block < blocks; ++block) {
        std::memcpy(&sums[row][block], to[row] + at + block * lanes, sizeof(Lanes));
      }
    }
    const float* weights = w.weights + at;
    for (std::size_t input = 0; input < w.inputs; ++input, weights += w.width) {
      Lanes column[blocks];
#pragma GCC unroll 8
      for (int block = 0; block < blocks; ++block) {
        std::memcpy(&column[block], weights + block * lanes, sizeof(Lanes));
      }
#pragma GCC unroll 4
      for (int row = 0; row < rows; ++row) {
        const float x = from[row][input];
#pragma GCC unroll 8
        for (int block = 0; block < blocks; ++block) sums[row][block] += column[block] * x;
      }
    }
#pragma GCC unroll 4
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 8
      for (int block = 0; block < blocks; ++block) {
        std::memcpy(to[row] + at + block * lanes, &sums[row][block], sizeof(Lanes));
      }
    }
  }
}

template <int lanes>
[[gnu::always_inline]] inline void add_any(const Product& w, std::span<const float* const> from,
                                           std::span<float* const> to) {
  std::size_t row = 0;
  for (; row + 4 <= from.size(); row += 4) add_rows<lanes, 4, 2>(w, from.data() + row, to.data() + row);
  for (; row + 2 <= from.size(); row += 2) add_rows<lanes, 2, 4>(w, from.data() + row, to.data() + row);
  for (; row < from.size(); ++row) add_rows<lanes, 1, 8>(w, from.data() + row, to.data() + row);
}

using Add = void (*)(const Product&, std::span<const float* const>, std::span<float* const>);

void add_plain(const Product& w, std::span<const float* const> from, std::span<float* const> to) {
  add_any<4>(w, from, to);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void add_avx2(const Product& w, std::span<const float* const> from,
                                          std::span<float* const> to) {
  add_any<8>(w, from, to);
}

Add fastest() {
  const bool has_it = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  return has_it ? add_avx2 : add_plain;
}
#else
Add fastest() {
  return add_plain;
}
#endif

}  // namespace

Dense::Dense(std::span<const float> weights, std::size_t outputs, std::size_t inputs)
    : inputs_(inputs), outputs_(outputs), width_(width(outputs)), weights_(inputs * width_) {
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t input = 0; input < inputs; ++input) {
      weights_[input * width_ + output] = weights[output * inputs + input];
    }
  }
}

void Dense::add(std::span<const float* const> from, std::span<float* const> to) const {
  static const Add chosen = fastest();
  chosen({.weights = weights_.data(), .inputs = inputs_, .outputs = outputs_, .width = width_}, from, to);
}

}  // namespace earshot::worker::neural
