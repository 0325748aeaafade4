#include "worker/providers/tts/volcengine_tts.h"

#include "worker/providers/tts/ws_speech.h"

namespace earshot::worker {

namespace {

http::WebSocketRequest volcengine_upgrade(const VolcengineTtsSettings& settings) {
  http::WebSocketRequest request;
  request.url = settings.url;
  if (!settings.api_key.empty()) {
    request.headers.emplace_back("X-Api-Key", std::string(settings.api_key.reveal()));
  } else {
    request.headers.emplace_back("X-Api-App-Key", settings.app_id);
    request.headers.emplace_back("X-Api-Access-Key", std::string(settings.access_token.reveal()));
  }
  request.headers.emplace_back("X-Api-Resource-Id", settings.resource_id);
  request.headers.emplace_back("X-Api-Connect-Id", random_speech_id());
  return request;
}

}  // namespace

VolcengineTtsSettings read_volcengine_tts(ConfigSection& section) {
  VolcengineTtsSettings settings;
  section.read("url", settings.url);
  section.read("app_id", settings.app_id);
  section.read_secret("access_token", settings.access_token);
  section.read_secret("api_key", settings.api_key);
  section.read("resource_id", settings.resource_id);
  section.read("speaker", settings.voice.speaker);
  section.read("sample_rate_hz", settings.voice.sample_rate_hz, {8000, 48000});
  section.read("speech_rate", settings.voice.speech_rate, {-50, 100});
  section.read("loudness_rate", settings.voice.loudness_rate, {-50, 100});
  section.read("pitch", settings.voice.pitch, {-12, 12});
  section.read("keep_idle_ms", settings.keep_idle, {0, 600'000});
  read_deadlines(section, settings.deadlines);
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_volcengine_tts(const VolcengineTtsSettings& settings,
                                                         const ProviderContext& context) {
  if (settings.api_key.empty() && (settings.app_id.empty() || settings.access_token.empty()))
    return Error{ErrorCode::kInvalid,
                 "volcengine tts: no key: set api_key_env, or app_id and access_token_env"};
  WsSpeechConfig config{.service = "volcengine tts",
                        .audio = {.expects_mp3 = false, .pcm_rate_hz = settings.voice.sample_rate_hz},
                        .deadlines = settings.deadlines,
                        .max_text_bytes = 4096,
                        .keep_idle = settings.keep_idle};
  WsSpeechService service{
      .request = [settings] { return volcengine_upgrade(settings); },
      .protocol = [voice = settings.voice] { return std::make_unique<VolcengineSpeech>(voice); },
      .try_again = {}};
  return make_ws_speech(std::move(config), std::move(service), context);
}

}  // namespace earshot::worker
