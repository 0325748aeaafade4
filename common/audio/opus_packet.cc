#include "common/audio/opus_packet.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace earshot {

namespace {

constexpr std::size_t kMaxFrameBytes = 1275;         // RFC 6716 3.2, requirement R2
constexpr Microseconds kMaxPacketDuration{120'000};  // R5
constexpr std::size_t kTwoByteLength = 252;          // 3.2.1: from here a length takes two bytes

Microseconds frame_duration(std::uint8_t toc) {
  // RFC 6716 3.1, table 2, by the five configuration bits.
  constexpr std::array<int, 4> kSilk{10'000, 20'000, 40'000, 60'000};
  constexpr std::array<int, 2> kHybrid{10'000, 20'000};
  constexpr std::array<int, 4> kCelt{2'500, 5'000, 10'000, 20'000};
  const unsigned config = toc >> 3;
  if (config < 12) return Microseconds{kSilk[config & 3]};
  if (config < 16) return Microseconds{kHybrid[config & 1]};
  return Microseconds{kCelt[config & 3]};
}

// Takes a frame length off the front (3.2.1). False if it is cut off.
bool take_length(ByteView& from, std::size_t& length) {
  if (from.empty()) return false;
  length = from[0];
  from = from.subspan(1);
  if (length < kTwoByteLength) return true;
  if (from.empty()) return false;
  length += std::size_t{4} * from[0];
  from = from.subspan(1);
  return true;
}

bool equal_frames_fit(ByteView frames, std::size_t count) {
  return frames.size() % count == 0 && frames.size() / count <= kMaxFrameBytes;
}

// `count` frames of which all but the last announce their length.
bool announced_frames_fit(ByteView rest, std::size_t count) {
  std::size_t announced = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    std::size_t length = 0;
    if (!take_length(rest, length) || length > kMaxFrameBytes) return false;
    announced += length;
  }
  return announced <= rest.size() && rest.size() - announced <= kMaxFrameBytes;
}

// Code 3 (3.2.5): a frame count, perhaps padding at the end, then frames of equal or of announced length.
// RETURNS: the number of frames; 0 if malformed.
std::size_t check_counted_frames(ByteView rest, Microseconds each) {
  if (rest.empty()) return 0;
  const std::uint8_t counts = rest[0];
  rest = rest.subspan(1);
  const std::size_t frames = counts & 0x3F;
  const bool padded = (counts & 0x40) != 0;
  const bool announced = (counts & 0x80) != 0;
  if (frames == 0 || each * static_cast<int>(frames) > kMaxPacketDuration) return 0;

  std::size_t padding = 0;
  for (bool more = padded; more;) {
    if (rest.empty()) return 0;
    const std::uint8_t step = rest[0];
    rest = rest.subspan(1);
    more = step == 255;  // 254 bytes of padding, and another count follows
    padding += more ? 254 : step;
  }
  if (padding > rest.size()) return 0;
  rest = rest.first(rest.size() - padding);
  const bool fits = announced ? announced_frames_fit(rest, frames) : equal_frames_fit(rest, frames);
  return fits ? frames : 0;
}

}  // namespace

std::optional<OpusPacketInfo> inspect_opus_packet(ByteView packet) {
  if (packet.empty()) return OpusPacketInfo{};
  const std::uint8_t toc = packet[0];
  const Microseconds each = frame_duration(toc);
  const ByteView rest = packet.subspan(1);
  std::size_t frames = 0;
  switch (toc & 3) {
    case 0:
      frames = rest.size() <= kMaxFrameBytes ? 1 : 0;
      break;
    case 1:
      frames = equal_frames_fit(rest, 2) ? 2 : 0;
      break;
    case 2:
      frames = announced_frames_fit(rest, 2) ? 2 : 0;
      break;
    default:
      frames = check_counted_frames(rest, each);
      break;
  }
  if (frames == 0) return std::nullopt;
  return OpusPacketInfo{each * static_cast<int>(frames), (toc & 4) != 0};
}

}  // namespace earshot
