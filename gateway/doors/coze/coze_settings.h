// What a Coze client has asked for in its chat.update, in force, and both ways of writing it down
// (docs/protocol_coze.md). Pure.
//
// Bounded: kMaxTools, kMaxToolsBytes, kMaxKeywords, kMaxSubscriptions, kMaxEchoBytes for each part that is only told
// back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"
#include "gateway/doors/calls/call_format.h"
#include "gateway/doors/coze/coze_error.h"
#include "gateway/doors/coze/delta_pacing.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct CozeSettings {
  static constexpr std::size_t kMaxTools = 128;
  // Listed to the worker in one page (worker/mcp/mcp_client.h takes 64 KiB).
  static constexpr std::size_t kMaxToolsBytes = 48 * 1024;
  static constexpr std::size_t kMaxKeywords = 5;
  static constexpr std::size_t kMaxKeywordBytes = 24;
  static constexpr std::size_t kMaxSubscriptions = 64;
  static constexpr std::size_t kMaxEchoBytes = 8 * 1024;
  static constexpr std::size_t kMaxPrologueBytes = 4 * 1024;  // of a Say

  enum class Interruption : std::uint8_t { kAlways, kContains, kPrefix };

  std::string input_format = "wav";
  SoundCodec input_codec = SoundCodec::kPcm16;
  std::optional<std::uint32_t> input_rate_hz;
  std::uint32_t input_channels = 1;
  std::uint32_t input_bit_depth = 16;

  SoundCodec output_codec = SoundCodec::kPcm16;
  std::optional<std::uint32_t> pcm_rate_hz;
  std::optional<std::uint32_t> pcm_frame_ms;
  std::optional<DeltaLimit> pcm_limit;
  std::optional<std::uint32_t> opus_rate_hz;
  std::uint32_t opus_frame_ms = 10;
  std::uint32_t opus_bitrate = 48'000;
  bool opus_cbr = false;
  std::optional<DeltaLimit> opus_limit;
  std::int64_t speech_rate = 0;
  std::string voice;
  json::value emotion = nullptr;

  bool server_vad = false;
  std::uint32_t prefix_padding_ms = 600;
  std::uint32_t silence_ms = 500;
  Interruption interruption = Interruption::kAlways;
  std::vector<std::string> keywords;

  std::string conversation_id;  // empty: ours
  json::object chat_config;     // but for conversation_id
  json::array tools;            // of chat_config.parameters.tools
  json::value asr_config = nullptr;
  json::value voice_print_config = nullptr;
  bool plays_prologue = false;
  std::string prologue;
  std::vector<std::string> subscriptions;  // empty: all

  bool interrupts_by_keyword() const { return server_vad && interruption != Interruption::kAlways; }
  // As the worker gets it.
  CallFormat input() const;
  CallFormat output() const;
  std::uint32_t down_frame_ms() const;  // of the worker's frames
  std::uint32_t delta_ms() const;       // of one conversation.audio.delta
  const std::optional<DeltaLimit>& limit() const {
    return output_codec == SoundCodec::kOpus ? opus_limit : pcm_limit;
  }
  bool is_keyword_in(std::string_view words) const;
};

// Changes what is present in `update`, or nothing at all.
// RETURNS: what is wrong with it.
std::optional<CozeError> apply_update(const json::object& update, CozeSettings& settings);

// The whole of it, as chat.updated shows it.
json::object settings_json(const CozeSettings& settings, std::string_view conversation_id);

// What a worker is asked for.
ipc::SessionOpen session_open(const CozeSettings& settings, std::string_view session_id,
                              std::string_view agent, std::string_view caller);

}  // namespace earshot::gateway
