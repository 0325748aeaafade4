// The numbers in an ONNX file: its constants, by name and shape. The format is protobuf (onnx.proto3 of onnx/onnx);
// only the fields that lead to a constant are read.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace earshot::worker::neural {

// What is read from disk here; the largest that is has 2.3 MB.
inline constexpr std::size_t kMaxWeightsBytes = 32 << 20;

// kNotFound, kTooLarge.
Result<std::string> read_weights_file(const std::string& path);

// The constants of one graph of a model. A model has branches, each a graph with constants of the same names.
class OnnxGraph {
 public:
  // RETURNS: of such a name and shape.
  // Errors: kInvalid: there is none, or it holds no numbers (infinite, NaN).
  Result<std::vector<float>> tensor(std::string_view name, std::initializer_list<std::uint64_t> shape) const;
  bool has(std::string_view name, std::initializer_list<std::uint64_t> shape) const;

 private:
  friend class OnnxReader;

  struct Tensor {
    std::vector<std::uint64_t> shape;
    std::string_view raw;  // little-endian floats
  };
  const Tensor* find(std::string_view name, std::initializer_list<std::uint64_t> shape) const;

  std::map<std::string, Tensor, std::less<>> tensors_;
};

// All graphs of a model, the branches behind what holds them. They point into `file`.
// Errors: kInvalid: not protobuf, or deeper and more than a small model is.
Result<std::vector<OnnxGraph>> read_onnx(std::string_view file);

}  // namespace earshot::worker::neural
