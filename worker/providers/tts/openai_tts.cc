#include "worker/providers/tts/openai_tts.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "common/json/json.h"
#include "worker/providers/tts/http_speech.h"

namespace earshot::worker {

namespace {

// Of platform.openai.com/docs/guides/text-to-speech, November 2026.
constexpr std::string_view kVoicesOfOpenAi[] = {"alloy", "ash",     "ballad", "cedar", "coral",
                                                "echo",  "fable",   "marin",  "nova",  "onyx",
                                                "sage",  "shimmer", "verse"};

// Of those, the ones that tts-1 and tts-1-hd do not have (the same page).
constexpr std::string_view kNewVoicesOfOpenAi[] = {"ballad", "cedar", "marin", "verse"};

bool openai_has_voice(std::string_view model, std::string_view voice) {
  const bool older = model.starts_with("tts-1");
  return std::ranges::find(kVoicesOfOpenAi, voice) != std::end(kVoicesOfOpenAi) &&
         !(older && std::ranges::find(kNewVoicesOfOpenAi, voice) != std::end(kNewVoicesOfOpenAi));
}

HttpCall openai_call(const OpenAiTtsSettings& settings, const TtsRequest& request) {
  json::object body{{"model", settings.model},
                    {"input", request.text},
                    {"voice", openai_voice(settings, request.voice)},
                    {"response_format", settings.response_format}};
  if (const double speed = settings.speed * request.speed; speed != 1.0) body["speed"] = speed;
  if (!settings.instructions.empty()) body["instructions"] = settings.instructions;
  HttpCall call;
  call.url = settings.url;
  call.headers = {{"Content-Type", "application/json"}};
  if (!settings.api_key.empty())
    call.headers.emplace_back("Authorization", "Bearer " + std::string(settings.api_key.reveal()));
  call.body = json::serialize(body);
  return call;
}

}  // namespace

std::string openai_voice(const OpenAiTtsSettings& settings, const std::string& wished) {
  const bool own_service = settings.url.starts_with("https://api.openai.com/");
  const bool known = settings.voices.empty()
                         ? own_service && openai_has_voice(settings.model, wished)
                         : std::ranges::find(settings.voices, wished) != settings.voices.end();
  return known ? wished : settings.voice;
}

OpenAiTtsSettings read_openai_tts(ConfigSection& section) {
  OpenAiTtsSettings settings;
  section.read("url", settings.url);
  section.read_secret("api_key", settings.api_key);
  section.read("model", settings.model);
  section.read("voice", settings.voice);
  section.read("voices", settings.voices);
  section.read("instructions", settings.instructions);
  section.read_choice("response_format", settings.response_format, {"pcm", "wav", "mp3"});
  section.read("sample_rate_hz", settings.sample_rate_hz, {8000, 48000});
  section.read("speed", settings.speed, 0.25, 4.0);
  read_deadlines(section, settings.deadlines);
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_openai_tts(const OpenAiTtsSettings& settings,
                                                     const ProviderContext& context) {
  HttpSpeechConfig config{
      .service = "openai speech",
      .audio = {.expects_mp3 = settings.response_format == "mp3", .pcm_rate_hz = settings.sample_rate_hz},
      .deadlines = settings.deadlines};
  return make_http_speech(
      std::move(config), [settings](const TtsRequest& request) { return openai_call(settings, request); },
      context);
}

}  // namespace earshot::worker
