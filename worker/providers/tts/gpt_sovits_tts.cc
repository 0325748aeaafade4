#include "worker/providers/tts/gpt_sovits_tts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/json/json.h"
#include "worker/providers/tts/http_speech.h"
#include "worker/providers/tts/speech_text.h"

namespace earshot::worker {

namespace {

constexpr int kTypicalRateHz = 32000;  // of v2; used only if the server sends no WAV header

std::string text_language(const GptSovitsTtsSettings& settings, const std::string& language) {
  if (!settings.text_lang.empty()) return settings.text_lang;
  static constexpr std::array<std::string_view, 5> kKnown{"zh", "en", "ja", "ko", "yue"};
  const std::string primary = primary_language(language.empty() ? "en" : language);
  return std::find(kKnown.begin(), kKnown.end(), primary) == kKnown.end() ? "auto" : primary;
}

HttpCall sovits_call(const GptSovitsTtsSettings& settings, const TtsRequest& request) {
  const auto felt = settings.feelings.find(request.feeling);
  const bool has_own = felt != settings.feelings.end();
  // WAV, because only its header tells the rate: 24, 32 or 48 kHz with the version of the model.
  const json::object body{{"text", request.text},
                          {"text_lang", text_language(settings, request.language)},
                          {"ref_audio_path", has_own ? felt->second.ref_audio_path : settings.ref_audio_path},
                          {"prompt_text", has_own ? felt->second.prompt_text : settings.prompt_text},
                          {"prompt_lang", settings.prompt_lang},
                          {"text_split_method", settings.text_split_method},
                          {"speed_factor", settings.speed * request.speed},
                          {"media_type", "wav"},
                          {"streaming_mode", true}};
  HttpCall call;
  call.url = settings.url;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = json::serialize(body);
  return call;
}

void read_feelings(ConfigSection section, std::map<std::string, SovitsReference>& out) {
  constexpr std::size_t kMaxFeelings = 64;
  const std::vector<std::string> names = section.children();
  if (names.size() > kMaxFeelings)
    return section.problem("", "has more than " + std::to_string(kMaxFeelings) + " feelings");
  for (const std::string& name : names) {
    ConfigSection one = section.section(name);
    SovitsReference& reference = out[name];
    one.read("ref_audio_path", reference.ref_audio_path);
    one.read("prompt_text", reference.prompt_text);
    if (reference.ref_audio_path.empty()) one.problem("ref_audio_path", "is needed");
  }
}

}  // namespace

GptSovitsTtsSettings read_gpt_sovits_tts(ConfigSection& section) {
  GptSovitsTtsSettings settings;
  section.read("url", settings.url);
  section.read("ref_audio_path", settings.ref_audio_path);
  section.read("prompt_text", settings.prompt_text);
  section.read("prompt_lang", settings.prompt_lang);
  read_feelings(section.section("feelings"), settings.feelings);
  section.read("text_lang", settings.text_lang);
  section.read("text_split_method", settings.text_split_method);
  section.read("speed", settings.speed, 0.5, 2.0);
  section.read("max_parallel", settings.max_parallel, {1, 64});
  read_deadlines(section, settings.deadlines);
  if (settings.ref_audio_path.empty())
    section.problem("ref_audio_path", "is needed: a recording of the voice, as a path on the server");
  return settings;
}

Result<std::unique_ptr<TtsProvider>> make_gpt_sovits_tts(const GptSovitsTtsSettings& settings,
                                                         const ProviderContext& context) {
  HttpSpeechConfig config{.service = "gpt-sovits",
                          .audio = {.expects_mp3 = false, .pcm_rate_hz = kTypicalRateHz},
                          .deadlines = settings.deadlines,
                          .max_text_bytes = 4096,
                          .max_parallel = static_cast<std::size_t>(settings.max_parallel)};
  return make_http_speech(
      std::move(config), [settings](const TtsRequest& request) { return sovits_call(settings, request); },
      context);
}

}  // namespace earshot::worker
