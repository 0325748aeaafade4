// The voices a configuration can name. To add one: its pair of files, a line in each of the three lists.
#pragma once

#include <memory>
#include <variant>

#include "common/base/result.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/dashscope_tts.h"
#include "worker/providers/tts/edge_tts.h"
#include "worker/providers/tts/elevenlabs_tts.h"
#include "worker/providers/tts/embedded_tts.h"
#include "worker/providers/tts/gpt_sovits_tts.h"
#include "worker/providers/tts/openai_tts.h"
#include "worker/providers/tts/sherpa_tts.h"
#include "worker/providers/tts/volcengine_tts.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

using TtsSettings =
    std::variant<EmbeddedTtsConfig, OpenAiTtsSettings, EdgeTtsSettings, DashScopeTtsSettings,
                 VolcengineTtsSettings, GptSovitsTtsSettings, ElevenLabsTtsSettings, SherpaTtsSettings>;

// `type: embedded | openai | edge | dashscope | volcengine | gpt_sovits | elevenlabs | sherpa_onnx`, then the
// settings of that type; embedded when none is given.
TtsSettings read_tts(ConfigSection& section);
// Errors name what is missing. `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_tts(const TtsSettings& settings, const ProviderContext& context);

}  // namespace earshot::worker
