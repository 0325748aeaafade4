// Volcengine's binary WebSocket frames: family B (speech recognition) and family E (with events, speech
// synthesis); provider-protocol 3.5 and 4.4. Pure.
//
// offset  size  field
// 0       1     version (high nibble, 1) | header size in 4-byte words (low nibble)
// 1       1     type | flags: bit 0 a sequence follows, bit 1 last frame, bit 2 an event follows
// 2       1     serialization (0 raw, 1 JSON) | compression (0 none, 1 gzip)
// 3       1     0, then more header words, which are skipped
// then: [u32 error code, with type 0xF] [i32 sequence] [i32 event] [u32 length, id] u32 length, payload
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

enum class VolcType : std::uint8_t {
  kFullClient = 0x1,
  kAudioClient = 0x2,
  kFullServer = 0x9,
  kAudioServer = 0xB,
  kFrontendServer = 0xC,
  kError = 0xF,
};

struct VolcFrame {
  VolcType type = VolcType::kFullClient;
  bool json = true;  // false: the payload is raw
  bool last = false;
  std::optional<std::int32_t> sequence;
  std::optional<std::int32_t> event;  // family E
  std::string id;                     // with an event: of the session, or of the connection (50, 51, 52)
  std::uint32_t error_code = 0;       // with kError
  std::string payload;                // not compressed
};

// An id is written with every event but 1 and 2 (start and finish of the connection), which have none.
Bytes encode_volc(const VolcFrame& frame, bool compress);
// Errors: kInvalid, and kTooLarge when the payload, unpacked, has more than max_payload_bytes.
Result<VolcFrame> decode_volc(ByteView bytes, std::size_t max_payload_bytes);

// One gzip member (RFC 1952), also for no bytes.
std::string gzip(std::string_view bytes);
// Errors: kInvalid; kTooLarge, noticed before more than max_bytes have been unpacked.
Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace earshot::worker
