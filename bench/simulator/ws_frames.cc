#include "bench/simulator/ws_frames.h"

#include <string>

#include "common/base/bytes.h"

namespace earshot::simulator {

namespace {

constexpr std::size_t kHeadV2 = 16;
constexpr std::size_t kHeadV3 = 4;

// `head` bytes, in which `size` is announced.
std::optional<ByteView> payload_of(ByteView frame, std::size_t head, std::size_t size, Violations& broken) {
  const std::size_t there = frame.size() - head;
  if (size != there)
    broken.push_back(
        {Rule::kWsPayloadSize, std::to_string(size) + " announced, " + std::to_string(there) + " sent"});
  if (size > there) return std::nullopt;
  return frame.subspan(head, size);
}

}  // namespace

Bytes make_ws_frame(int version, ByteView opus, std::uint32_t timestamp_ms) {
  Bytes frame;
  if (version == 2) {
    frame.resize(kHeadV2);
    frame[1] = 2;
    store_be32(frame.data() + 8, timestamp_ms);
    store_be32(frame.data() + 12, static_cast<std::uint32_t>(opus.size()));
  } else if (version == 3) {
    frame.resize(kHeadV3);
    frame[2] = static_cast<std::uint8_t>(opus.size() >> 8);
    frame[3] = static_cast<std::uint8_t>(opus.size() & 0xFF);
  }
  frame.insert(frame.end(), opus.begin(), opus.end());
  return frame;
}

std::optional<ByteView> read_ws_frame(int version, ByteView frame, Violations& broken) {
  const std::size_t head = version == 2 ? kHeadV2 : version == 3 ? kHeadV3 : 0;
  if (frame.size() < head) {
    broken.push_back({Rule::kWsFrameTooShort, std::to_string(frame.size()) + " bytes"});
    return std::nullopt;
  }
  if (version == 2) {
    if (load_be16(frame.data()) != 2) broken.push_back({Rule::kWsFrameHead, "version is not 2"});
    if (load_be16(frame.data() + 2) != 0)
      broken.push_back({Rule::kWsFrameHead, "type is not 0: JSON goes as text"});
    return payload_of(frame, head, load_be32(frame.data() + 12), broken);
  }
  if (version == 3) {
    if (frame[0] != 0) broken.push_back({Rule::kWsFrameHead, "type is not 0: JSON goes as text"});
    return payload_of(frame, head, load_be16(frame.data() + 2), broken);
  }
  if (!frame.empty() && frame.front() == '{' && frame.back() == '}')
    broken.push_back({Rule::kWsFrameHead, "JSON goes as text"});
  return frame;
}

}  // namespace earshot::simulator
