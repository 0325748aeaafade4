// A Realtime session's settings: what a client has asked for, in force, and both ways of writing it down. Pure.
//
// Bounded: kMaxInstructionsBytes, kMaxTools, kMaxToolsBytes, kMaxEchoBytes for all that is only told back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/json/json.h"
#include "gateway/doors/calls/call_format.h"
#include "gateway/doors/realtime/realtime_dialect.h"
#include "gateway/doors/realtime/realtime_error.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct RealtimeSettings {
  static constexpr std::size_t kMaxInstructionsBytes = 64 * 1024;
  static constexpr std::size_t kMaxTools = 128;
  // Listed to the worker in one page (worker/mcp/mcp_client.h takes 64 KiB).
  static constexpr std::size_t kMaxToolsBytes = 48 * 1024;
  static constexpr std::size_t kMaxEchoBytes = 16 * 1024;
  static constexpr double kMaxTemperature = 2;
  static constexpr std::int64_t kMaxOutputTokens = 1'000'000;

  enum class Detection : std::uint8_t { kServerVad, kSemanticVad, kNone };

  std::string model;
  bool transcribes_only = false;  // session.type transcription: nothing is answered
  std::optional<std::string> instructions;
  bool silent = false;  // text instead of speech
  CallFormat input;
  CallFormat output;
  std::string voice = "default";
  double speed = 1.0;
  Detection detection = Detection::kServerVad;
  double threshold = 0.5;
  std::uint32_t prefix_padding_ms = 300;
  std::uint32_t silence_ms = 500;
  std::string eagerness = "auto";
  bool answers = true;
  bool interruptible = true;
  std::optional<json::object> transcription;  // told of what was understood
  json::value noise_reduction = nullptr;
  json::array tools;
  json::value tool_choice = "auto";
  json::value max_tokens = "inf";
  double temperature = 0.8;
  bool own_temperature = false;  // the client has asked for it; else the model's service decides
  json::object echo;  // members that change nothing here: tracing, prompt, include, truncation, ...

  bool manual() const { return detection == Detection::kNone; }
};

// Changes what is present in `update`, or nothing at all.
// RETURNS: what is wrong with it.
std::optional<RealtimeError> apply_update(const json::object& update, RealtimeSettings& settings);

// The whole of it, as session.created and session.updated show it.
json::object settings_json(const RealtimeSettings& settings, RealtimeDialect dialect,
                           std::string_view session_id, std::int64_t expires_at_s);
json::object format_json(const CallFormat& format);
std::string_view beta_format(const CallFormat& format);

// What the model is asked for.
ipc::CallWish call_wish(const RealtimeSettings& settings);
// What a worker is asked for.
ipc::SessionOpen session_open(const RealtimeSettings& settings, std::string_view session_id,
                              std::string_view caller);

}  // namespace earshot::gateway
