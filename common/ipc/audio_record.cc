#include "common/ipc/audio_record.h"

namespace earshot::ipc {

namespace {

// proto/ipc.proto in the wire format of protobuf: field number << 3 | type (0 varint, 2 bytes, 5 fixed32).
constexpr std::uint32_t kSession = 1 << 3 | 5;
constexpr std::uint32_t kAudioDown = 42 << 3 | 2;
constexpr std::uint32_t kTurn = 1 << 3;
constexpr std::uint32_t kSentence = 2 << 3;
constexpr std::uint32_t kOpus = 3 << 3 | 2;
constexpr std::uint32_t kLive = 4 << 3;

class WireReader {
 public:
  explicit WireReader(ByteView bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  // Each is false when the bytes end too soon.
  bool varint(std::uint32_t& out) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
      const std::uint8_t byte = rest_[0];
      rest_ = rest_.subspan(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80) != 0) continue;
      out = static_cast<std::uint32_t>(value);
      return value <= 0xFFFFFFFF;
    }
    return false;
  }
  bool fixed32(std::uint32_t& out) {
    if (rest_.size() < 4) return false;
    out = rest_[0] | std::uint32_t{rest_[1]} << 8 | std::uint32_t{rest_[2]} << 16 |
          std::uint32_t{rest_[3]} << 24;
    rest_ = rest_.subspan(4);
    return true;
  }
  bool bytes(ByteView& out) {
    std::uint32_t length = 0;
    if (!varint(length) || length > rest_.size()) return false;
    out = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
  }

 private:
  ByteView rest_;
};

bool read_body(ByteView bytes, AudioDownView& out) {
  WireReader reader(bytes);
  std::uint32_t last = 0;
  while (!reader.done()) {
    std::uint32_t tag = 0;
    std::uint32_t live = 0;
    // In the order of their numbers, as every writer has them: so none comes twice.
    if (!reader.varint(tag) || tag <= last) return false;
    last = tag;
    bool good = false;
    if (tag == kTurn) good = reader.varint(out.turn);
    if (tag == kSentence) good = reader.varint(out.sentence);
    if (tag == kOpus) good = reader.bytes(out.opus);
    if (tag == kLive) good = reader.varint(live);
    if (!good) return false;
    if (tag == kLive) out.live = live != 0;
  }
  return true;
}

}  // namespace

std::optional<AudioDownView> read_audio_down(ByteView record) {
  WireReader reader(record);
  AudioDownView view;
  std::uint32_t tag = 0;
  ByteView body;
  if (!reader.varint(tag) || tag != kSession || !reader.fixed32(view.session)) return std::nullopt;
  if (!reader.varint(tag) || tag != kAudioDown || !reader.bytes(body) || !reader.done()) return std::nullopt;
  if (!read_body(body, view)) return std::nullopt;
  return view;
}

}  // namespace earshot::ipc
