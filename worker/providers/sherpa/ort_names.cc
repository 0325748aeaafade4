#include "worker/providers/sherpa/ort_names.h"

#include <array>
#include <optional>

namespace earshot::worker::sherpa {

namespace {

constexpr std::string_view kOrtIdentifier = "ORTM";  // behind the 4 bytes of the root table's offset
// Positions in the tables of ort.fbs on the way to a name.
constexpr std::uint64_t kOrtSessionModel = 1;
constexpr std::uint64_t kOrtModelGraph = 7;
constexpr std::uint64_t kOrtModelMetadata = 9;
constexpr std::uint64_t kOrtGraphInputs = 5;
constexpr std::uint64_t kOrtMetadataKey = 0;

using Offset = std::optional<std::uint64_t>;

// A flatbuffer: little-endian, and every reference is an offset from the place where it stands. An offset that
// leads out of the file reads as nothing.
class FlatBuffer {
 public:
  FlatBuffer(std::istream& file, std::uint64_t size) : file_(file), size_(size) {}

  Offset follow(Offset at) {
    const auto distance = at ? number<4>(*at) : std::nullopt;
    return distance ? Offset(*at + *distance) : std::nullopt;
  }
  // Where the field's value stands; nothing when the table does not have it.
  Offset field(Offset table, std::uint64_t index) {
    const auto back = table ? number<4>(*table) : std::nullopt;
    if (!back) return std::nullopt;
    // The distance to the table of fields is signed.
    const std::uint64_t fields =
        *table - static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(*back)});
    const auto bytes = number<2>(fields);
    const std::uint64_t entry = 4 + 2 * index;
    if (!bytes || entry + 2 > *bytes) return std::nullopt;
    const auto distance = number<2>(fields + entry);
    return distance && *distance != 0 ? Offset(*table + *distance) : std::nullopt;
  }
  std::uint32_t count(Offset vector) {
    const auto elements = vector ? number<4>(*vector) : std::nullopt;
    return elements ? static_cast<std::uint32_t>(*elements) : 0;
  }
  static Offset element(Offset vector, std::uint32_t index) { return *vector + 4 + 4 * std::uint64_t{index}; }
  std::string text(Offset at) {
    const std::uint32_t bytes = count(at);
    if (bytes == 0 || bytes > kMaxNameBytes || !stand(*at + 4, bytes)) return {};
    std::string text(bytes, '\0');
    file_.read(text.data(), static_cast<std::streamsize>(bytes));
    return text;
  }

 private:
  bool stand(std::uint64_t at, std::uint64_t bytes) {
    if (at > size_ || bytes > size_ - at) return false;
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
    return file_.good();
  }
  template <std::size_t bytes>
  std::optional<std::uint64_t> number(std::uint64_t at) {
    if (!stand(at, bytes)) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(file_.get()) << 8 * i;
    return value;
  }

  std::istream& file_;
  std::uint64_t size_;
};

}  // namespace

bool is_ort_model(std::istream& file) {
  std::array<char, 4 + kOrtIdentifier.size()> head{};
  file.clear();
  file.seekg(0);
  file.read(head.data(), head.size());
  return file.good() && std::string_view(head.data() + 4, kOrtIdentifier.size()) == kOrtIdentifier;
}

Result<ModelNames> ort_names(std::istream& file, std::uint64_t size) {
  FlatBuffer buffer(file, size);
  const Offset model = buffer.follow(buffer.field(buffer.follow(0), kOrtSessionModel));
  const Offset inputs =
      buffer.follow(buffer.field(buffer.follow(buffer.field(model, kOrtModelGraph)), kOrtGraphInputs));
  const Offset metadata = buffer.follow(buffer.field(model, kOrtModelMetadata));
  const std::uint32_t given = buffer.count(inputs);
  const std::uint32_t entries = buffer.count(metadata);
  if (given == 0 || given > kMaxNames || entries > kMaxNames) {
    return Error{ErrorCode::kInvalid, "is a damaged ORT model, or is cut off"};
  }
  ModelNames names;
  for (std::uint32_t i = 0; i < given; ++i) {
    names.insert(buffer.text(buffer.follow(FlatBuffer::element(inputs, i))));
  }
  for (std::uint32_t i = 0; i < entries; ++i) {
    const Offset entry = buffer.follow(FlatBuffer::element(metadata, i));
    names.insert(buffer.text(buffer.follow(buffer.field(entry, kOrtMetadataKey))));
  }
  return names;
}

}  // namespace earshot::worker::sherpa
