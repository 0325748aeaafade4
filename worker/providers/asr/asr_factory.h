// The recognisers that a configuration can name. A new one costs its pair of files and two lines here.
#pragma once

#include <memory>
#include <variant>

#include "common/config/config_reader.h"
#include "worker/providers/asr/dashscope_asr.h"
#include "worker/providers/asr/deepgram_asr.h"
#include "worker/providers/asr/doubao_asr.h"
#include "worker/providers/asr/funasr_asr.h"
#include "worker/providers/asr/openai_asr.h"
#include "worker/providers/asr/pocketsphinx_asr.h"
#include "worker/providers/asr/sherpa_asr.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

using AsrSettings = std::variant<PocketSphinxConfig, OpenaiAsrSettings, FunasrSettings, DashscopeAsrSettings,
                                 DoubaoAsrSettings, DeepgramSettings, SherpaAsrSettings>;

// `type`: pocketsphinx, openai, funasr, dashscope, doubao, deepgram, sherpa_onnx. The grammar of pocketsphinx
// is not in a configuration: the caller sets grammar_jsgf and extra_words before make_asr().
AsrSettings read_asr(ConfigSection& section);
Result<std::unique_ptr<AsrProvider>> make_asr(const AsrSettings& settings, const ProviderContext& context);

}  // namespace earshot::worker
