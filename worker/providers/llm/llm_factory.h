// All the brains there are, by the `type` of their configuration. Adding one costs a pair of files, a line in
// the variant and one in each function.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "common/base/result.h"
#include "worker/providers/llm/coze_llm.h"
#include "worker/providers/llm/dify_llm.h"
#include "worker/providers/llm/fastgpt_llm.h"
#include "worker/providers/llm/ollama_llm.h"
#include "worker/providers/llm/openai_llm.h"

namespace earshot::worker {

struct IntentsSettings {
  // Where an Ollama is looked for, to be told of in answers to free speech; empty: nowhere.
  std::string look_for_ollama = "http://127.0.0.1:11434";
};

using LlmSettings = std::variant<IntentsSettings, OpenAiSettings, OllamaSettings, DifySettings, CozeSettings,
                                 FastGptSettings>;

// `type`: intents (default), openai, ollama, dify, coze, fastgpt; then the keys of that type.
LlmSettings read_llm(ConfigSection& section);
std::unique_ptr<LlmProvider> make_intents(const IntentsSettings& settings, const ProviderContext& context);
Result<std::unique_ptr<LlmProvider>> make_llm(const LlmSettings& settings, const ProviderContext& context);

}  // namespace earshot::worker
