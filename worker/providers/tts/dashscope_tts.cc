#include "worker/providers/tts/dashscope_tts.h"

#include "worker/providers/tts/ws_speech.h"

namespace earshot::worker {

DashScopeTtsSettings read_dashscope_tts(ConfigSection& section) {
  DashScopeTtsSettings settings;
  section.read("url", settings.url);
  section.read_secret("api_key", settings.api_key);
  section.read("model", settings.voice.model);
  section.read("voice", settings.voice.voice);
  section.read("sample_rate_hz", settings.voice.sample_rate_hz, {8000, 48000});
  section.read("volume", settings.voice.volume, {0, 100});
  section.read("rate", settings.voice.rate, 0.5, 2.0);
  section.read("pitch", settings.voice.pitch, 0.5, 2.0);
  section.read("keep_idle_ms", settings.keep_idle, {0, 55'000});
  read_deadlines(section, settings.deadlines);
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_dashscope_tts(const DashScopeTtsSettings& settings,
                                                        const ProviderContext& context) {
  if (settings.api_key.empty())
    return Error{ErrorCode::kInvalid, "dashscope tts: no key: set api_key_env or api_key_file"};
  WsSpeechConfig config{.service = "dashscope tts",
                        .audio = {.expects_mp3 = false, .pcm_rate_hz = settings.voice.sample_rate_hz},
                        .deadlines = settings.deadlines,
                        .max_text_bytes = 4096,
                        .keep_idle = settings.keep_idle};
  WsSpeechService service{
      .request =
          [settings] {
            http::WebSocketRequest request;
            request.url = settings.url;
            request.headers = {{"Authorization", "Bearer " + std::string(settings.api_key.reveal())},
                               {"X-DashScope-DataInspection", "enable"}};
            request.idle_ping = Milliseconds(30000);
            return request;
          },
      .protocol = [voice = settings.voice] { return std::make_unique<DashScopeSpeech>(voice); },
      .try_again = {}};
  return make_ws_speech(std::move(config), std::move(service), context);
}

}  // namespace earshot::worker
