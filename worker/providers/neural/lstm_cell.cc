#include "worker/providers/neural/lstm_cell.h"

#include <algorithm>
#include <cmath>

namespace earshot::worker::neural {

float sigmoid(float x) {
  return 1 / (1 + std::exp(-std::clamp(x, -30.0F, 30.0F)));
}

LstmCell::LstmCell(const Weights& weights, std::size_t inputs, std::size_t units)
    : input_(weights.input, 4 * units, inputs),
      hidden_(weights.hidden, 4 * units, units),
      bias_(weights.input_bias.begin(), weights.input_bias.end()) {
  for (std::size_t i = 0; i < bias_.size(); ++i) bias_[i] += weights.hidden_bias[i];
}

void LstmCell::hear(std::span<const float* const> from, std::span<float* const> gates) const {
  for (float* const gate : gates) std::ranges::copy(bias_, gate);
  input_.add(from, gates);
}

void LstmCell::step(std::span<float> gates, std::span<float> hidden, std::span<float> cell) const {
  hidden_.add(hidden.data(), gates.data());
  const std::size_t count = units();
  for (std::size_t i = 0; i < count; ++i) {
    const float kept = sigmoid(gates[count + i]) * cell[i];
    cell[i] = kept + sigmoid(gates[i]) * std::tanh(gates[2 * count + i]);
    hidden[i] = sigmoid(gates[3 * count + i]) * std::tanh(cell[i]);
  }
}

}  // namespace earshot::worker::neural
