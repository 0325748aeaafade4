#include "worker/providers/neural/onnx_weights.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

namespace earshot::worker::neural {

namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of the file are taken as they are");

// Bounds for hostile files: Silero's has 27 graphs, 5 deep.
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxGraphs = 256;
constexpr std::size_t kMaxDimensions = 8;

// Field numbers of onnx.proto3.
constexpr std::uint64_t kModelGraph = 7;
constexpr std::uint64_t kGraphNode = 1;
constexpr std::uint64_t kGraphInitializer = 5;
constexpr std::uint64_t kNodeAttribute = 5;
constexpr std::uint64_t kAttributeTensor = 5;
constexpr std::uint64_t kAttributeGraph = 6;
constexpr std::uint64_t kTensorDims = 1;
constexpr std::uint64_t kTensorType = 2;
constexpr std::uint64_t kTensorName = 8;
constexpr std::uint64_t kTensorRaw = 9;
constexpr std::uint64_t kFloat = 1;  // of TensorProto.DataType

struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;   // of a number
  std::string_view content;  // of a string or message
  bool is_number = false;
};

// The fields of one message, from front to end.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  // RETURNS: nullopt at the end, and when what follows is no field: then bad() holds.
  std::optional<Field> next() {
    if (rest_.empty() || bad_) return std::nullopt;
    const auto key = varint();
    if (!key) return std::nullopt;
    Field field{.number = *key >> 3U, .value = 0, .content = {}, .is_number = (*key & 7U) == 0};
    if (field.is_number) {
      const auto value = varint();
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    std::optional<std::uint64_t> size;
    if ((*key & 7U) == 1) size = 8;
    if ((*key & 7U) == 5) size = 4;
    if ((*key & 7U) == 2) size = varint();
    if (!size || *size > rest_.size()) return fail();
    field.content = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return field;
  }
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    bad_ = true;
    return std::nullopt;
  }
  bool at_end() const { return rest_.empty(); }
  bool bad() const { return bad_; }

 private:
  std::optional<Field> fail() {
    bad_ = true;
    return std::nullopt;
  }

  std::string_view rest_;
  bool bad_ = false;
};

}  // namespace

class OnnxReader {
 public:
  bool model(std::string_view message) {
    Fields fields(message);
    while (const auto field = fields.next()) {
      if (field->number == kModelGraph && !graph(field->content, 0)) return false;
    }
    return !fields.bad() && !graphs_.empty();
  }
  std::vector<OnnxGraph> take() { return std::move(graphs_); }

 private:
  bool graph(std::string_view message, int depth) {
    if (depth > kMaxDepth || graphs_.size() >= kMaxGraphs) return false;
    const std::size_t self = graphs_.size();
    graphs_.emplace_back();
    Fields fields(message);
    while (const auto field = fields.next()) {
      if (field->number == kGraphNode && !node(field->content, self, depth)) return false;
      if (field->number == kGraphInitializer && !tensor(field->content, self)) return false;
    }
    return !fields.bad();
  }

  bool node(std::string_view message, std::size_t graph_index, int depth) {
    Fields fields(message);
    while (const auto field = fields.next()) {
      if (field->number != kNodeAttribute) continue;
      Fields attribute(field->content);
      while (const auto part = attribute.next()) {
        if (part->number == kAttributeTensor && !tensor(part->content, graph_index)) return false;
        if (part->number == kAttributeGraph && !graph(part->content, depth + 1)) return false;
      }
      if (attribute.bad()) return false;
    }
    return !fields.bad();
  }

  // Other types, and floats that are not raw, are no weights.
  bool tensor(std::string_view message, std::size_t graph_index) {
    OnnxGraph::Tensor tensor;
    std::string_view name;
    std::uint64_t type = 0;
    Fields fields(message);
    while (const auto field = fields.next()) {
      if (field->number == kTensorType) type = field->value;
      if (field->number == kTensorName) name = field->content;
      if (field->number == kTensorRaw) tensor.raw = field->content;
      if (field->number != kTensorDims) continue;
      if (field->is_number) {
        tensor.shape.push_back(field->value);
      } else {
        Fields packed(field->content);
        while (!packed.at_end() && tensor.shape.size() <= kMaxDimensions) {
          const auto side = packed.varint();
          if (!side) return false;
          tensor.shape.push_back(*side);
        }
      }
      if (tensor.shape.size() > kMaxDimensions) return false;
    }
    if (fields.bad()) return false;
    if (type == kFloat && !tensor.raw.empty()) {
      graphs_[graph_index].tensors_.insert_or_assign(std::string(name), std::move(tensor));
    }
    return true;
  }

  std::vector<OnnxGraph> graphs_;
};

const OnnxGraph::Tensor* OnnxGraph::find(std::string_view name,
                                         std::initializer_list<std::uint64_t> shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end() || !std::ranges::equal(found->second.shape, shape)) return nullptr;
  // REQUIRED shapes are ours, and small: the product cannot overflow.
  std::size_t size = sizeof(float);
  for (const std::uint64_t side : shape) size *= side;
  return found->second.raw.size() == size ? &found->second : nullptr;
}

bool OnnxGraph::has(std::string_view name, std::initializer_list<std::uint64_t> shape) const {
  return find(name, shape) != nullptr;
}

Result<std::vector<float>> OnnxGraph::tensor(std::string_view name,
                                             std::initializer_list<std::uint64_t> shape) const {
  const Tensor* found = find(name, shape);
  if (found == nullptr) {
    return Error{ErrorCode::kInvalid, "the model has no '" + std::string(name) + "' of the expected shape"};
  }
  std::vector<float> values(found->raw.size() / sizeof(float));
  std::memcpy(values.data(), found->raw.data(), found->raw.size());
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return Error{ErrorCode::kInvalid, "'" + std::string(name) + "' of the model holds no numbers"};
  }
  return values;
}

Result<std::string> read_weights_file(const std::string& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) return Error{ErrorCode::kNotFound, "'" + path + "' is not there, or cannot be read"};
  if (size > kMaxWeightsBytes) {
    return Error{ErrorCode::kTooLarge, "'" + path + "' has " + std::to_string(size) + " bytes, more than " +
                                           std::to_string(kMaxWeightsBytes)};
  }
  std::string content(size, '\0');
  file.read(content.data(), static_cast<std::streamsize>(size));
  content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return content;
}

Result<std::vector<OnnxGraph>> read_onnx(std::string_view file) {
  OnnxReader reader;
  if (!reader.model(file)) return Error{ErrorCode::kInvalid, "it is no ONNX model, or cut off"};
  return reader.take();
}

}  // namespace earshot::worker::neural
