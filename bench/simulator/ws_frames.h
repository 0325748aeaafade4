// The binary frames of the WebSocket transport (device-protocol 5), both directions. Pure.
//
//   v1: the Opus packet
//   v2: u16 version | u16 type | u32 reserved | u32 timestamp, ms | u32 payload_size | payload
//   v3: u8 type | u8 reserved | u16 payload_size | payload
#pragma once

#include <cstdint>
#include <optional>

#include "bench/simulator/rule.h"
#include "common/base/bytes.h"

namespace earshot::simulator {

inline constexpr int kMaxWsVersion = 3;

// REQUIRES: version 1..kMaxWsVersion, at most 65,000 bytes of Opus.
Bytes make_ws_frame(int version, ByteView opus, std::uint32_t timestamp_ms);

// What the device takes for Opus; nullopt: too short for a head, or more is announced than there is, which the
// firmware reads behind its memory. What a server may not send is a finding.
std::optional<ByteView> read_ws_frame(int version, ByteView frame, Violations& broken);

}  // namespace earshot::simulator
