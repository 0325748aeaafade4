// The messages of Microsoft Edge's read-aloud service: text headers, then a body (provider-protocol 4.1).
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace earshot::worker {

inline constexpr std::string_view kEdgeClientToken = "6A5AA1D4EAFF4E9FB37E23D68491D6F4";

using WallTime = std::chrono::system_clock::time_point;

struct EdgeVoice {
  std::string name;      // "zh-CN-XiaoxiaoNeural"
  int rate_percent = 0;  // -100..100
  int volume_percent = 0;
  int pitch_hz = 0;
};

// The Sec-MS-GEC token: what the service takes for a sign of a genuine client; it changes every 5 minutes.
std::string edge_token(WallTime now);
// "Wed Jan 01 2025 00:00:00 GMT+0000 (Coordinated Universal Time)".
std::string edge_date(WallTime now);
// The time in a Date header (RFC 9110 5.6.7, the form that is still sent).
std::optional<WallTime> parse_http_date(std::string_view date);

std::string edge_config_message(WallTime now);
std::string edge_ssml_message(const EdgeVoice& voice, std::string_view text, const std::string& request_id,
                              WallTime now);
// `text` for SSML: escaped, control characters as spaces, at most 4096 bytes, cut between characters.
std::string edge_escape(std::string_view text);
// "zh-CN-liaoning-XiaobeiNeural" as the service knows it; other forms are left alone.
std::string edge_voice_name(const std::string& name);

// The `Path` of a text message; empty if there is none.
std::string_view edge_path(std::string_view message);
// The MP3 bytes of a binary message; empty for the final one and for what is none.
ByteView edge_audio(ByteView message);

}  // namespace earshot::worker
