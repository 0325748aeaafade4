// All the brains there are, by the `type` of their configuration. Adding one costs a pair of files, a line in
// the variant and one in each function.
#pragma once

#include <memory>
#include <variant>

#include "common/base/result.h"
#include "worker/providers/llm/coze_llm.h"
#include "worker/providers/llm/dify_llm.h"
#include "worker/providers/llm/fastgpt_llm.h"
#include "worker/providers/llm/ollama_llm.h"
#include "worker/providers/llm/openai_llm.h"

namespace earshot::worker {

struct IntentsSettings {};  // the embedded brain has none

using LlmSettings = std::variant<IntentsSettings, OpenAiSettings, OllamaSettings, DifySettings, CozeSettings,
                                 FastGptSettings>;

// `type`: intents (default), openai, ollama, dify, coze, fastgpt; then the keys of that type.
LlmSettings read_llm(ConfigSection& section);
Result<std::unique_ptr<LlmProvider>> make_llm(const LlmSettings& settings, const ProviderContext& context);

}  // namespace earshot::worker
