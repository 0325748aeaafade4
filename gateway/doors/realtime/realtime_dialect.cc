#include "gateway/doors/realtime/realtime_dialect.h"

#include <array>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kBetaNames{{
    {"conversation.item.added", "conversation.item.created"},
    {"response.output_audio.delta", "response.audio.delta"},
    {"response.output_audio.done", "response.audio.done"},
    {"response.output_audio_transcript.delta", "response.audio_transcript.delta"},
    {"response.output_audio_transcript.done", "response.audio_transcript.done"},
    {"response.output_text.delta", "response.text.delta"},
    {"response.output_text.done", "response.text.done"},
}};

}  // namespace

RealtimeDialect dialect_of(const json::object& session) {
  if (session.contains("type") || session.contains("audio") || session.contains("output_modalities") ||
      session.contains("max_output_tokens"))
    return RealtimeDialect::kGa;
  for (const char* flat :
       {"modalities", "voice", "input_audio_format", "output_audio_format", "turn_detection",
        "input_audio_transcription", "temperature", "max_response_output_tokens"}) {
    if (session.contains(flat)) return RealtimeDialect::kBeta;
  }
  return RealtimeDialect::kUndecided;
}

std::string_view event_type(RealtimeDialect dialect, std::string_view ga) {
  if (dialect != RealtimeDialect::kBeta) return ga;
  for (const auto& [name, beta] : kBetaNames) {
    if (name == ga) return beta;
  }
  return ga;
}

}  // namespace earshot::gateway
