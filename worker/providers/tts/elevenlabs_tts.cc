#include "worker/providers/tts/elevenlabs_tts.h"

#include <algorithm>

#include "worker/providers/tts/ws_speech.h"

namespace earshot::worker {

namespace {

// These become part of the URL.
bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void read_plain(ConfigSection& section, std::string_view key, std::string& out) {
  section.read(key, out);
  if (!is_plain(out)) section.problem(key, "may only hold letters, digits, '_' and '-'");
}

// 0 stands for "as stored with the voice".
void read_optional(ConfigSection& section, std::string_view key, std::optional<double>& out, double max) {
  double value = 0;
  section.read(key, value, 0, max);
  if (value > 0) out = value;
}

http::WebSocketRequest elevenlabs_upgrade(const ElevenLabsTtsSettings& settings) {
  http::WebSocketRequest request;
  request.url = settings.url + "/" + settings.voice_id + "/multi-stream-input?model_id=" + settings.model +
                "&output_format=pcm_" + std::to_string(settings.sample_rate_hz) + "&auto_mode=true";
  if (!settings.language_code.empty()) request.url += "&language_code=" + settings.language_code;
  request.headers = {{"xi-api-key", std::string(settings.api_key.reveal())}};
  return request;
}

}  // namespace

ElevenLabsTtsSettings read_elevenlabs_tts(ConfigSection& section) {
  ElevenLabsTtsSettings settings;
  section.read("url", settings.url);
  section.read_secret("api_key", settings.api_key);
  read_plain(section, "voice_id", settings.voice_id);
  read_plain(section, "model", settings.model);
  read_plain(section, "language_code", settings.language_code);
  section.read("sample_rate_hz", settings.sample_rate_hz, {8000, 48000});
  read_optional(section, "stability", settings.voice.stability, 1.0);
  read_optional(section, "similarity_boost", settings.voice.similarity_boost, 1.0);
  read_optional(section, "speed", settings.voice.speed, 1.2);
  section.read("keep_idle_ms", settings.keep_idle, {0, 18'000});
  read_deadlines(section, settings.deadlines);
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_elevenlabs_tts(const ElevenLabsTtsSettings& settings,
                                                         const ProviderContext& context) {
  if (settings.api_key.empty())
    return Error{ErrorCode::kInvalid, "elevenlabs: no key: set api_key_env or api_key_file"};
  WsSpeechConfig config{.service = "elevenlabs",
                        .audio = {.expects_mp3 = false, .pcm_rate_hz = settings.sample_rate_hz},
                        .deadlines = settings.deadlines,
                        .max_text_bytes = 4096,
                        .keep_idle = settings.keep_idle};
  WsSpeechService service{
      .request = [settings] { return elevenlabs_upgrade(settings); },
      .protocol = [voice = settings.voice] { return std::make_unique<ElevenLabsSpeech>(voice); },
      .try_again = {}};
  return make_ws_speech(std::move(config), std::move(service), context);
}

}  // namespace earshot::worker
