// The JSON that we send to a device (device-protocol 3.2, 3.5, 6.2). Pure.
//
// Every member has the type that the firmware expects, because older ones crash without (section 10); texts
// come from models and tools, so they are made valid UTF-8 and capped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/json/json.h"
#include "gateway/live/session/speech.h"

namespace earshot::gateway {

inline constexpr std::size_t kMaxShownTextBytes = 1024;

// What every wire's answer to a hello has; its door adds what is its own. `transport` must be there: without it the
// firmware crashes (5).
json::object hello_answer(const SessionId& session, std::string_view transport, std::uint32_t sample_rate_hz,
                          Milliseconds frame_duration);
std::string stt_message(const SessionId& session, std::string_view text);
std::string llm_message(const SessionId& session, std::string_view emotion, std::string_view text);
std::string tts_start_message(const SessionId& session);
std::string sentence_start_message(const SessionId& session, std::string_view text);
std::string tts_stop_message(const SessionId& session);
// An empty session: none is named. MCP needs none (8).
std::string mcp_message(const SessionId& session, const json::object& payload);
// To firmware <= 1.7 (iot_tools.h).
std::string iot_message(const SessionId& session, json::array commands);
std::string alert_message(const SessionId& session, std::string_view status, std::string_view message,
                          std::string_view emotion);
// To a device without a session: speak_request.h. `preview` may be empty.
std::string speak_request_message(const SessionId& session, std::string_view preview);
// To an idle device, firmware 2.5.0 and newer: it fetches the Ogg Opus at `audio_url` and plays it, with the
// subtitles at their times; then it is idle again. It answers nothing; one that is not idle ignores it.
std::string notify_message(std::string_view audio_url, const std::vector<Speech::Subtitle>& subtitles);
// Obeyed only with the exact id of the device's session (3.5).
std::string goodbye_message(const SessionId& session);

}  // namespace earshot::gateway
