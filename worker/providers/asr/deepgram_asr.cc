#include "worker/providers/asr/deepgram_asr.h"

#include "worker/providers/asr/deepgram_dialogue.h"
#include "worker/providers/asr/transcript_text.h"
#include "worker/providers/asr/ws_asr_config.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kKeepAlive{5000};  // the service closes after 10 s without anything

// RFC 3986: everything but the unreserved characters.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return out;
}

std::string listen_url(const DeepgramSettings& settings, const AsrRequest& asked) {
  std::string language = settings.language.empty() ? language_to_ask({}, asked.language) : settings.language;
  if (language.empty() || language == "auto") language = "multi";
  std::string url = settings.url + "?model=" + percent_encoded(settings.model) +
                    "&encoding=linear16&sample_rate=16000&channels=1&interim_results=true&punctuate=true"
                    "&smart_format=true&language=" +
                    percent_encoded(language);
  for (const std::string& term : settings.keyterms) url += "&keyterm=" + percent_encoded(term);
  return url;
}

}  // namespace

DeepgramSettings read_deepgram(ConfigSection& section) {
  DeepgramSettings settings;
  read_ws_url(section, settings.url);
  section.read_secret("api_key", settings.api_key);
  section.read("model", settings.model);
  section.read("language", settings.language);
  section.read("keyterms", settings.keyterms);
  read_timeouts(section, settings.timeouts);
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_deepgram(const DeepgramSettings& settings,
                                                   const ProviderContext& context) {
  if (settings.api_key.empty()) {
    return Error{ErrorCode::kInvalid, "Deepgram needs a key: api_key_env or api_key_file"};
  }
  return make_ws_asr(context, [settings](const AsrRequest& asked) {
    WsAsrPlan plan = ws_plan(listen_url(settings, asked), settings.timeouts);
    plan.request.headers.emplace_back("Authorization", "Token " + std::string(settings.api_key.reveal()));
    plan.task.waits_for_start = false;
    plan.task.keep_alive_period = kKeepAlive;
    plan.task.keep_alive = {.binary = false, .bytes = R"({"type":"KeepAlive"})"};
    plan.dialogue = std::make_unique<DeepgramDialogue>();
    return plan;
  });
}

}  // namespace earshot::worker
