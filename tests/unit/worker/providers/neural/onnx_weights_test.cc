#include "worker/providers/neural/onnx_weights.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace earshot::worker::neural {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
  return bytes + static_cast<char>(value);
}
std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3U) + varint(value);
}
std::string part(int field, const std::string& content) {
  return varint(static_cast<std::uint64_t>(field) << 3U | 2U) + varint(content.size()) + content;
}
std::string floats(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
std::string tensor(const std::string& name, std::vector<std::uint64_t> shape, const std::string& raw) {
  std::string dims;
  for (const std::uint64_t side : shape) dims += number(1, side);
  return dims + number(2, 1) + part(8, name) + part(9, raw);
}
std::string model(const std::string& graph) {
  return part(7, graph);
}
std::string constant(const std::string& of) {
  return part(1, part(5, part(5, of)));
}
std::string branch(const std::string& graph) {
  return part(1, part(5, part(6, graph)));
}

TEST(OnnxWeights, FindsConstantsAndInitializersByNameAndShape) {
  const std::string file =
      model(constant(tensor("a", {2, 1}, floats({1, 2}))) + part(5, tensor("b", {3}, floats({3, 4, 5}))));
  const auto graphs = read_onnx(file);
  ASSERT_TRUE(graphs.ok());
  ASSERT_EQ(graphs->size(), 1U);
  const OnnxGraph& graph = graphs->front();
  EXPECT_EQ(graph.tensor("a", {2, 1}).value(), (std::vector<float>{1, 2}));
  EXPECT_EQ(graph.tensor("b", {3}).value(), (std::vector<float>{3, 4, 5}));
  EXPECT_FALSE(graph.tensor("a", {1, 2}).ok());
  EXPECT_FALSE(graph.tensor("c", {3}).ok());
}

TEST(OnnxWeights, KeepsTheBranchesApart) {
  const std::string file = model(branch(constant(tensor("w", {1}, floats({1})))) +
                                 branch(constant(tensor("w", {2}, floats({2, 3})))));
  const auto graphs = read_onnx(file).value();
  ASSERT_EQ(graphs.size(), 3U);
  EXPECT_FALSE(graphs[0].has("w", {1}));
  EXPECT_TRUE(graphs[1].has("w", {1}));
  EXPECT_TRUE(graphs[2].has("w", {2}));
}

TEST(OnnxWeights, RefusesAShapeThatItsBytesDoNotFill) {
  const std::string file = model(constant(tensor("a", {4}, floats({1, 2}))) +
                                 constant(tensor("huge", {1ULL << 62U, 4}, floats({1}))));
  const auto graphs = read_onnx(file).value();
  EXPECT_EQ(graphs.front().tensor("a", {4}).error().code, ErrorCode::kInvalid);
}

TEST(OnnxWeights, BoundsDepthGraphsAndDimensions) {
  std::string deep = constant(tensor("a", {1}, floats({1})));
  for (int i = 0; i < 14; ++i) deep = branch(deep);
  EXPECT_TRUE(read_onnx(model(deep)).ok());
  for (int i = 0; i < 4; ++i) deep = branch(deep);  // far fewer graphs than are allowed
  EXPECT_FALSE(read_onnx(model(deep)).ok());
  std::string wide;
  for (int i = 0; i < 300; ++i) wide += branch("");
  EXPECT_FALSE(read_onnx(model(wide)).ok());
  EXPECT_FALSE(read_onnx(model(constant(tensor("a", std::vector<std::uint64_t>(9, 1), floats({1}))))).ok());
}

TEST(OnnxWeights, RefusesWhatIsCutOff) {
  const std::string file = model(constant(tensor("a", {3}, floats({1, 2, 3}))));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(read_onnx(std::string_view(file).substr(0, size)).ok()) << size;
  }
}

TEST(OnnxWeights, ReadsAnyBytesWithoutHarm) {
  std::mt19937 random(5);
  const std::string good = model(branch(constant(tensor("a", {3}, floats({1, 2, 3})))));
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto graphs = read_onnx(bytes);
    if (!graphs) continue;
    for (const OnnxGraph& graph : *graphs) (void)graph.tensor("a", {3});
  }
}

}  // namespace
}  // namespace earshot::worker::neural
