#include "worker/providers/llm/llm_factory.h"

#include "worker/providers/llm/intent_brain.h"

namespace earshot::worker {

namespace {

struct Make {
  const ProviderContext& context;
  std::unique_ptr<LlmProvider> operator()(const IntentsSettings& settings) const {
    return make_intents(settings, context);
  }
  std::unique_ptr<LlmProvider> operator()(const OpenAiSettings& settings) const {
    return make_openai(settings, context);
  }
  std::unique_ptr<LlmProvider> operator()(const OllamaSettings& settings) const {
    return make_ollama(settings, context);
  }
  std::unique_ptr<LlmProvider> operator()(const DifySettings& settings) const {
    return make_dify(settings, context);
  }
  std::unique_ptr<LlmProvider> operator()(const CozeSettings& settings) const {
    return make_coze(settings, context);
  }
  std::unique_ptr<LlmProvider> operator()(const FastGptSettings& settings) const {
    return make_fastgpt(settings, context);
  }
};

}  // namespace

std::unique_ptr<LlmProvider> make_intents(const IntentsSettings& settings, const ProviderContext& context) {
  if (settings.look_for_ollama.empty()) return std::make_unique<IntentBrain>();
  return std::make_unique<IntentBrain>(
      std::make_unique<ModelSearch>(settings.look_for_ollama, context.http, context.clock));
}

LlmSettings read_llm(ConfigSection& section) {
  std::string type = "intents";
  section.read_choice("type", type, {"intents", "openai", "ollama", "dify", "coze", "fastgpt"});
  if (type == "openai") return read_openai(section);
  if (type == "ollama") return read_ollama(section);
  if (type == "dify") return read_dify(section);
  if (type == "coze") return read_coze(section);
  if (type == "fastgpt") return read_fastgpt(section);
  return IntentsSettings{};
}

Result<std::unique_ptr<LlmProvider>> make_llm(const LlmSettings& settings, const ProviderContext& context) {
  return std::visit(Make{context}, settings);
}

}  // namespace earshot::worker
