// CosyVoice of Alibaba's DashScope (Bailian), streamed (provider-protocol 4.8).
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/dashscope_speech.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct DashScopeTtsSettings {
  std::string url = "wss://dashscope.aliyuncs.com/api-ws/v1/inference/";
  Secret api_key;
  DashScopeVoice voice;
  Milliseconds keep_idle{50000};  // the service closes after 60 s
  SpeechDeadlines deadlines{.connect = Milliseconds(10000), .first_audio = Milliseconds(5000)};
};

DashScopeTtsSettings read_dashscope_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_dashscope_tts(const DashScopeTtsSettings& settings,
                                                        const ProviderContext& context);

}  // namespace earshot::worker
