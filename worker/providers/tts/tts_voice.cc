#include "worker/providers/tts/tts_voice.h"

#include <type_traits>

namespace earshot::worker {

namespace {

// It becomes part of ElevenLabs' URL, and of other services' JSON or XML.
bool is_plausible(const std::string& voice, bool in_url) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (in_url) return voice.find_first_not_of(kPlain) == std::string::npos;
  return voice.find_first_of("<>&\"'\\\r\n") == std::string::npos;
}

}  // namespace

Result<TtsSettings> with_voice(TtsSettings settings, const std::string& voice) {
  std::string* chosen = nullptr;
  bool in_url = false;
  std::visit(
      [&](auto& of_type) {
        if constexpr (requires { of_type.voice_id; }) {
          chosen = &of_type.voice_id;
          in_url = true;
        } else if constexpr (requires { of_type.voice.speaker; }) {
          chosen = &of_type.voice.speaker;
        } else if constexpr (requires { of_type.voice.voice; }) {
          chosen = &of_type.voice.voice;
        } else if constexpr (requires { requires std::is_same_v<decltype(of_type.voice), std::string>; }) {
          chosen = &of_type.voice;
        }
      },
      settings);
  if (chosen == nullptr) return Error{ErrorCode::kInvalid, "this type has no voices to choose from"};
  if (!is_plausible(voice, in_url)) return Error{ErrorCode::kInvalid, "no voice is called so"};
  *chosen = voice;
  return settings;
}

}  // namespace earshot::worker
