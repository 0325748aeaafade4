// Volcengine (Doubao) speech, double stream v3 (provider-protocol 4.4).
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/providers/tts/volcengine_speech.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct VolcengineTtsSettings {
  std::string url = "wss://openspeech.bytedance.com/api/v3/tts/bidirection";
  std::string app_id;  // of the old console, with access_token; or
  Secret access_token;
  Secret api_key;                                       // of the new console
  std::string resource_id = "volc.service_type.10029";  // must fit the speaker's generation
  VolcengineVoice voice;
  Milliseconds keep_idle{60000};  // idle connections count against the account's concurrency
  SpeechDeadlines deadlines{.connect = Milliseconds(10000), .first_audio = Milliseconds(5000)};
};

VolcengineTtsSettings read_volcengine_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_volcengine_tts(const VolcengineTtsSettings& settings,
                                                         const ProviderContext& context);

}  // namespace earshot::worker
