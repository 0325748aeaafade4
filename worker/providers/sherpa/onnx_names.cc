#include "worker/providers/sherpa/onnx_names.h"

#include <optional>

namespace earshot::worker::sherpa {

namespace {

// The wire types of protobuf.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kFixed32 = 5;
// The fields of onnx.proto on the way to a name.
constexpr std::uint64_t kModelGraph = 7;
constexpr std::uint64_t kModelMetadata = 14;
constexpr std::uint64_t kGraphInput = 11;
constexpr std::uint64_t kEntryName = 1;  // of a graph's input, and the key of an entry of metadata

struct Field {
  std::uint64_t number = 0;
  std::uint64_t end = 0;  // of its value, which begins where the file stands
  bool message = false;
};

std::optional<std::uint64_t> read_varint(std::istream& file) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const int byte = file.get();
    if (byte == std::istream::traits_type::eof()) return std::nullopt;
    value |= (static_cast<std::uint64_t>(byte) & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::uint64_t position(std::istream& file) {
  const auto at = static_cast<std::streamoff>(file.tellg());
  return at < 0 ? UINT64_MAX : static_cast<std::uint64_t>(at);
}

// The field that begins here, which must end before `limit`.
std::optional<Field> next_field(std::istream& file, std::uint64_t limit) {
  const auto key = read_varint(file);
  if (!key || *key >> 3 == 0) return std::nullopt;
  const std::uint64_t type = *key & 7;
  std::uint64_t length = 0;
  if (type == kVarint) {
    if (!read_varint(file)) return std::nullopt;
  } else if (type == kFixed64 || type == kFixed32) {
    length = type == kFixed64 ? 8 : 4;
  } else if (type == kLengthDelimited) {
    const auto told = read_varint(file);
    if (!told) return std::nullopt;
    length = *told;
  } else {
    return std::nullopt;
  }
  const std::uint64_t at = position(file);
  if (at > limit || length > limit - at) return std::nullopt;
  return Field{.number = *key >> 3, .end = at + length, .message = type == kLengthDelimited};
}

// visit(field) is called with the file at the field's value; false: damaged.
// RETURNS: whether the fields fill the bytes up to `end` exactly.
template <class Visit>
bool walk(std::istream& file, std::uint64_t end, Visit visit) {
  while (position(file) < end) {
    const auto field = next_field(file, end);
    if (!field || !visit(*field)) return false;
    file.clear();
    file.seekg(static_cast<std::streamoff>(field->end));
  }
  return position(file) == end;
}

bool take_name(std::istream& file, std::uint64_t end, ModelNames& names) {
  return walk(file, end, [&](const Field& field) {
    if (field.number != kEntryName || !field.message) return true;
    const std::uint64_t bytes = field.end - position(file);
    if (bytes > kMaxNameBytes || names.size() == kMaxNames) return true;
    std::string name(bytes, '\0');
    file.read(name.data(), static_cast<std::streamsize>(bytes));
    names.insert(std::move(name));
    return file.good();
  });
}

bool take_inputs(std::istream& file, std::uint64_t end, ModelNames& names) {
  return walk(file, end, [&](const Field& field) {
    return field.number != kGraphInput || !field.message || take_name(file, field.end, names);
  });
}

}  // namespace

Result<ModelNames> onnx_names(std::istream& file, std::uint64_t size) {
  ModelNames names;
  bool graph = false;
  file.clear();
  file.seekg(0);
  const bool whole = walk(file, size, [&](const Field& field) {
    if (!field.message) return true;
    if (field.number == kModelMetadata) return take_name(file, field.end, names);
    if (field.number != kModelGraph) return true;
    graph = true;
    return take_inputs(file, field.end, names);
  });
  if (!whole) return Error{ErrorCode::kInvalid, "is no ONNX model, is damaged, or is cut off"};
  if (!graph) return Error{ErrorCode::kInvalid, "is no ONNX model: it has no graph"};
  return names;
}

}  // namespace earshot::worker::sherpa
