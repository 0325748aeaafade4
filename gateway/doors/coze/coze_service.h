// The WebSocket services of Coze that are spoken here: the same envelope, other events. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace earshot::gateway {

enum class CozeService : std::uint8_t {
  kChat,            // /v1/chat
  kSpeech,          // /v1/audio/speech: texts are read aloud
  kTranscriptions,  // /v1/audio/transcriptions: speech is written down
};

constexpr std::string_view created_event(CozeService service) {
  switch (service) {
    case CozeService::kSpeech:
      return "speech.created";
    case CozeService::kTranscriptions:
      return "transcriptions.created";
    default:
      return "chat.created";
  }
}

constexpr std::string_view update_event(CozeService service) {
  switch (service) {
    case CozeService::kSpeech:
      return "speech.update";
    case CozeService::kTranscriptions:
      return "transcriptions.update";
    default:
      return "chat.update";
  }
}

constexpr std::string_view updated_event(CozeService service) {
  switch (service) {
    case CozeService::kSpeech:
      return "speech.updated";
    case CozeService::kTranscriptions:
      return "transcriptions.updated";
    default:
      return "chat.updated";
  }
}

}  // namespace earshot::gateway
