#include "worker/providers/neural/dense.h"

#include <gtest/gtest.h>

#include <random>

namespace earshot::worker::neural {
namespace {

TEST(Dense, AddsTheProductForEachSizeAndEachNumberOfRows) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 1);
  for (const std::size_t outputs : {1U, 63U, 64U, 65U, 258U}) {
    for (const std::size_t inputs : {1U, 7U, 129U}) {
      std::vector<float> weights(outputs * inputs);
      for (float& weight : weights) weight = normal(random);
      const Dense layer(weights, outputs, inputs);
      for (std::size_t rows = 1; rows <= 7; ++rows) {
        std::vector<std::vector<float>> from(rows, std::vector<float>(inputs));
        std::vector<std::vector<float>> to(rows, std::vector<float>(Dense::width(outputs), 2.5F));
        std::vector<const float*> in;
        std::vector<float*> out;
        for (std::size_t row = 0; row < rows; ++row) {
          for (float& x : from[row]) x = normal(random);
          in.push_back(from[row].data());
          out.push_back(to[row].data());
        }
        layer.add(in, out);
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t output = 0; output < outputs; ++output) {
            double expected = 2.5;
            for (std::size_t input = 0; input < inputs; ++input) {
              expected += double{weights[output * inputs + input]} * double{from[row][input]};
            }
            ASSERT_NEAR(to[row][output], expected, 1e-4) << outputs << "x" << inputs << " row " << row;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace earshot::worker::neural
