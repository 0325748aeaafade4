// Sound in the binary frames of the device's WebSocket (device-protocol 5), in all their forms. Pure.
//
//   1: the Opus packet alone
//   2: u16 version=2 | u16 type (0 Opus, 1 JSON) | u32 0 | u32 timestamp ms | u32 size | payload
//   3: u8 type | u8 0 | u16 size | payload
//   gateway (`?from=mqtt_gateway`): the established MQTT gateway speaks for its devices; 16 bytes as in 2, but up
//   only timestamp and size are filled in, and down byte 0 is 1, bytes 2-3 the size and 4-7 a sequence as well.
// Numbers are big-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/bytes.h"

namespace earshot::gateway {

enum class FrameForm : std::uint8_t { kPlain = 1, kTimed = 2, kShort = 3, kGateway };

struct UpFrame {
  bool json = false;            // the payload is a message, not sound
  std::uint32_t timestamp = 0;  // ms; 0 in forms without
  ByteView payload;             // of the bytes given
};
// nullopt: shorter than its head, or not exactly as long as it says.
std::optional<UpFrame> parse_up_frame(FrameForm form, ByteView bytes);

struct FrameHead {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // of these
  ByteView view() const { return ByteView(bytes).first(size); }
};
// The device trusts the size without a look at the frame (trap 28).
// REQUIRES: `payload` fits 16 bits.
FrameHead build_down_head(FrameForm form, std::uint32_t timestamp, std::uint32_t sequence,
                          std::size_t payload);

}  // namespace earshot::gateway
