#include "gateway/doors/websocket/binary_frame.h"

#include "common/base/check.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kLongHead = 16;
constexpr std::size_t kShortHead = 4;
constexpr std::uint8_t kJson = 1;

std::uint32_t read_be(ByteView bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

void write_be(FrameHead& head, std::size_t at, std::size_t count, std::uint32_t value) {
  for (std::size_t i = count; i > 0; --i, value >>= 8)
    head.bytes[at + i - 1] = static_cast<std::uint8_t>(value & 0xff);
}

std::optional<UpFrame> sized(ByteView payload, std::size_t size, bool json, std::uint32_t timestamp) {
  if (payload.size() != size) return std::nullopt;
  return UpFrame{.json = json, .timestamp = timestamp, .payload = payload};
}

}  // namespace

std::optional<UpFrame> parse_up_frame(FrameForm form, ByteView bytes) {
  switch (form) {
    case FrameForm::kPlain:
      return UpFrame{.payload = bytes};
    case FrameForm::kShort:
      if (bytes.size() < kShortHead) return std::nullopt;
      return sized(bytes.subspan(kShortHead), read_be(bytes, 2, 2), bytes[0] == kJson, 0);
    case FrameForm::kTimed:
    case FrameForm::kGateway:
      if (bytes.size() < kLongHead) return std::nullopt;
      return sized(bytes.subspan(kLongHead), read_be(bytes, 12, 4),
                   form == FrameForm::kTimed && read_be(bytes, 2, 2) == kJson, read_be(bytes, 8, 4));
  }
  return std::nullopt;
}

FrameHead build_down_head(FrameForm form, std::uint32_t timestamp, std::uint32_t sequence,
                          std::size_t payload) {
  EARSHOT_CHECK(payload <= 0xffff, "no Opus packet is as long");
  const auto size = static_cast<std::uint32_t>(payload);
  FrameHead head;
  switch (form) {
    case FrameForm::kPlain:
      break;
    case FrameForm::kShort:
      head.size = kShortHead;
      write_be(head, 2, 2, size);
      break;
    case FrameForm::kTimed:
      head.size = kLongHead;
      write_be(head, 0, 2, 2);
      write_be(head, 8, 4, timestamp);
      write_be(head, 12, 4, size);
      break;
    case FrameForm::kGateway:
      head.size = kLongHead;
      head.bytes[0] = 1;
      write_be(head, 2, 2, size);
      write_be(head, 4, 4, sequence);
      write_be(head, 8, 4, timestamp);
      write_be(head, 12, 4, size);
      break;
  }
  return head;
}

}  // namespace earshot::gateway
