#include "worker/providers/neural/lstm_cell.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace earshot::worker::neural {
namespace {

constexpr std::size_t kUnits = 16;

void step(const LstmCell& cell, std::span<const float> input, std::span<float> hidden,
          std::span<float> memory) {
  std::vector<float> gates(4 * kUnits);
  const float* const from = input.data();
  float* const to = gates.data();
  cell.hear({&from, 1}, {&to, 1});
  cell.step(gates, hidden, memory);
}

// Gates that see only their bias: in 0.5, forget -1, candidate 0.8, out 2.
TEST(LstmCell, KeepsAndAddsAsItsGatesSay) {
  std::vector<float> bias(4 * kUnits);
  const std::array<float, 4> of_gate{0.5F, -1, 0.8F, 2};
  for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = of_gate[i / kUnits];
  const std::vector<float> none(4 * kUnits * kUnits);
  const LstmCell cell(
      {.input = none, .hidden = none, .input_bias = bias, .hidden_bias = std::vector<float>(64)}, kUnits,
      kUnits);
  const std::vector<float> input(kUnits, 3);
  std::vector<float> hidden(kUnits);
  std::vector<float> memory(kUnits, 0.25F);
  step(cell, input, hidden, memory);
  const auto open = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double expected = open(-1) * 0.25 + open(0.5) * std::tanh(0.8);
  EXPECT_NEAR(memory[7], expected, 1e-6);
  EXPECT_NEAR(hidden[7], open(2) * std::tanh(expected), 1e-6);
}

TEST(LstmCell, SeesItsInputAndWhatItSaidBefore) {
  std::vector<float> input_weights(4 * kUnits * 2);
  std::vector<float> hidden_weights(4 * kUnits * kUnits);
  // Unit 3: the candidate sees the second input, the forget gate sees unit 5's last word.
  input_weights[(2 * kUnits + 3) * 2 + 1] = 1;
  hidden_weights[(kUnits + 3) * kUnits + 5] = 4;
  const std::vector<float> zeros(4 * kUnits);
  const LstmCell cell(
      {.input = input_weights, .hidden = hidden_weights, .input_bias = zeros, .hidden_bias = zeros}, 2,
      kUnits);
  const std::array<float, 2> input{9, 0.5F};
  std::vector<float> hidden(kUnits);
  hidden[5] = 1;
  std::vector<float> memory(kUnits, 1);
  step(cell, input, hidden, memory);
  EXPECT_NEAR(memory[3], 1 / (1 + std::exp(-4.0)) + 0.5 * std::tanh(0.5), 1e-6);
  EXPECT_NEAR(memory[4], 0.5, 1e-6);
}

TEST(LstmCell, SquashesTheLargestNumbersToo) {
  for (const float x : {1e30F, 1e5F, 88.8F, 100.0F}) {
    EXPECT_NEAR(sigmoid(x), 1, 1e-6);
    EXPECT_NEAR(sigmoid(-x), 0, 1e-6);
  }
  EXPECT_FLOAT_EQ(sigmoid(0), 0.5F);
}

}  // namespace
}  // namespace earshot::worker::neural
