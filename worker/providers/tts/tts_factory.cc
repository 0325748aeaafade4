#include "worker/providers/tts/tts_factory.h"

#include <string>

namespace earshot::worker {

namespace {

EmbeddedTtsConfig read_embedded(ConfigSection& section) {
  EmbeddedTtsConfig settings;
  section.read("default_language", settings.default_language);
  return settings;
}

struct Make {
  const ProviderContext& context;

  auto operator()(const EmbeddedTtsConfig& settings) const {
    return make_embedded_tts(settings, context.pool);
  }
  auto operator()(const OpenAiTtsSettings& settings) const { return make_openai_tts(settings, context); }
  auto operator()(const EdgeTtsSettings& settings) const { return make_edge_tts(settings, context); }
  auto operator()(const DashScopeTtsSettings& settings) const {
    return make_dashscope_tts(settings, context);
  }
  auto operator()(const VolcengineTtsSettings& settings) const {
    return make_volcengine_tts(settings, context);
  }
  auto operator()(const GptSovitsTtsSettings& settings) const {
    return make_gpt_sovits_tts(settings, context);
  }
  auto operator()(const ElevenLabsTtsSettings& settings) const {
    return make_elevenlabs_tts(settings, context);
  }
  Result<std::unique_ptr<TtsProvider>> operator()(const SherpaTtsSettings& settings) const {
    const auto library = sherpa::sherpa_library(context.models_dir);
    if (!library) return library.error();
    return make_sherpa_tts(settings, **library);
  }
};

}  // namespace

TtsSettings read_tts(ConfigSection& section) {
  std::string type = "embedded";
  section.read_choice(
      "type", type,
      {"embedded", "openai", "edge", "dashscope", "volcengine", "gpt_sovits", "elevenlabs", "sherpa_onnx"});
  if (type == "openai") return read_openai_tts(section);
  if (type == "edge") return read_edge_tts(section);
  if (type == "dashscope") return read_dashscope_tts(section);
  if (type == "volcengine") return read_volcengine_tts(section);
  if (type == "gpt_sovits") return read_gpt_sovits_tts(section);
  if (type == "elevenlabs") return read_elevenlabs_tts(section);
  if (type == "sherpa_onnx") return read_sherpa_tts(section);
  return read_embedded(section);
}

Result<std::unique_ptr<TtsProvider>> make_tts(const TtsSettings& settings, const ProviderContext& context) {
  return std::visit(Make{context}, settings);
}

}  // namespace earshot::worker
